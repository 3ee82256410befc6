/* http-loop URL COUNT CONNECTIONS FILE: posts the JSON in FILE so often, as fast as a curl-multi loop alone can, with
 * nothing behind it: no people, no texts, no ledger. What breach is measured beside. Ends with 1 when an answer is not
 * 200. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#define BODY_MAX 65536

static char body[BODY_MAX];
static long size;

static size_t ignore(char *octets, size_t length, size_t count, void *data)
{
    (void)octets;
    (void)data;
    return length * count;
}

static bool read_body(const char *path)
{
    FILE *file = fopen(path, "re");

    if (!file)
        return false;
    size = (long)fread(body, 1, sizeof body, file);
    return fclose(file) == 0 && size > 0;
}

static CURL *new_handle(const char *url, struct curl_slist *headers)
{
    CURL *easy = curl_easy_init();

    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, size);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    return easy;
}

/* Takes what has finished; each handle goes on with the next request while there are any. Returns how many failed. */
static long take_finished(CURLM *multi, long *left, long *under_way)
{
    long failed = 0;
    CURLMsg *message;
    int queued;

    while ((message = curl_multi_info_read(multi, &queued)) != NULL) {
        CURL *easy = message->easy_handle;
        long status = 0;

        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        failed += status == 200 ? 0 : 1;
        curl_multi_remove_handle(multi, easy);
        (*under_way)--;
        if (*left == 0) {
            curl_easy_cleanup(easy);
            continue;
        }
        (*left)--;
        (*under_way)++;
        curl_multi_add_handle(multi, easy);
    }
    return failed;
}

static long run(const char *url, long left, long connections)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    CURLM *multi = curl_multi_init();
    long failed = 0;
    long under_way = 0;
    int running;

    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    for (; under_way < connections && left > 0; under_way++, left--)
        curl_multi_add_handle(multi, new_handle(url, headers));
    while (under_way > 0) {
        curl_multi_perform(multi, &running);
        failed += take_finished(multi, &left, &under_way);
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    return failed;
}

int main(int count, char **arguments)
{
    long failed;

    if (count != 5 || !read_body(arguments[4])) {
        fputs("usage: http-loop URL COUNT CONNECTIONS FILE\n", stderr);
        return 64;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    failed = run(arguments[1], strtol(arguments[2], NULL, 10), strtol(arguments[3], NULL, 10));
    if (failed > 0)
        fprintf(stderr, "http-loop: %ld requests failed\n", failed);
    curl_global_cleanup();
    return failed > 0 ? 1 : 0;
}
