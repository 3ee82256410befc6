/* dns-breach - a DNS resolver for tests: answers TXT questions from a file, on 127.0.0.1 by UDP.
 *
 * The file has a line "NAME TEXT" for each record; other names of the same file's zone do not exist. A line "NAME !" is
 * answered with SERVFAIL. Runs until it is killed. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#define PACKET_MAX 4096
#define HEADER     12

/* The question's name as text, and where its type stands; 0: it makes no sense. */
static size_t read_name(const unsigned char *packet, size_t size, GString *name)
{
    size_t at = HEADER;

    while (at < size && packet[at]) {
        size_t length = packet[at];

        if (length > 63 || at + length + 1 >= size)
            return 0;
        g_string_append_printf(name, "%s%.*s", name->len ? "." : "", (int)length, (const char *)packet + at + 1);
        at += length + 1;
    }
    return at + 5 <= size ? at + 1 : 0;
}

static void append_record(GString *answer, const char *text)
{
    size_t size = strlen(text);
    GString *data = g_string_new(NULL);

    for (size_t at = 0; at < size; at += 255) { /* RFC 1035 3.3.14: strings of 255 octets at most */
        size_t length = MIN(size - at, (size_t)255);

        g_string_append_c(data, (char)length);
        g_string_append_len(data, text + at, (gssize)length);
    }
    g_string_append_len(answer, "\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c", 10);
    g_string_append_c(answer, (char)(data->len >> 8));
    g_string_append_c(answer, (char)(data->len & 0xff));
    g_string_append_len(answer, data->str, (gssize)data->len);
    g_string_free(data, TRUE);
}

/* Appends the records of `name`; their number, -1 for SERVFAIL. */
static int find_records(char **lines, const char *name, GString *answer)
{
    int found = 0;

    for (char **line = lines; *line; line++) {
        size_t length = strcspn(*line, " ");

        if (length != strlen(name) || g_ascii_strncasecmp(*line, name, length) != 0)
            continue;
        if (strcmp(*line + length, " !") == 0)
            return -1;
        append_record(answer, *line + length + 1);
        found++;
    }
    return found;
}

static size_t reply(char **lines, unsigned char *packet, size_t size)
{
    g_autoptr(GString) name = g_string_new(NULL);
    g_autoptr(GString) answer = g_string_new(NULL);
    size_t end = read_name(packet, size, name);
    int found;

    if (!end)
        return 0;
    end += 4;
    found = find_records(lines, name->str, answer);
    packet[2] = 0x84;
    packet[3] = (unsigned char)(found < 0 ? 0x82 : found == 0 ? 0x83 : 0x80);
    memset(packet + 6, 0, 6);
    packet[7] = (unsigned char)MAX(found, 0);
    if (end + answer->len > PACKET_MAX)
        return 0;
    memcpy(packet + end, answer->str, answer->len);
    return end + answer->len;
}

int main(int count, char **arguments)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autofree char *port = NULL;
    bool is_told = false;
    int fd;

    if (count != 3 || !g_file_get_contents(arguments[1], &text, NULL, NULL)) {
        fputs("usage: dns-breach RECORDS PORT-FILE\n", stderr);
        return EXIT_FAILURE;
    }
    lines = g_strsplit(text, "\n", -1);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return EXIT_FAILURE;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &length) == 0)
        port = g_strdup_printf("%d\n", ntohs(address.sin_port));
    while (port && (is_told || (is_told = g_file_set_contents(arguments[2], port, -1, NULL)))) {
        unsigned char packet[PACKET_MAX];
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        ssize_t got = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&peer, &size);
        size_t answer = got > HEADER ? reply(lines, packet, (size_t)got) : 0;

        if (answer)
            (void)sendto(fd, packet, answer, 0, (struct sockaddr *)&peer, size);
    }
    close(fd);
    return EXIT_FAILURE;
}
