#include "track/mailbox.h"

#include <string.h>

#include <curl/curl.h>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "track/bounce_mail.h"

#define CONNECT_TIMEOUT 30L /* seconds */
#define STALL_TIMEOUT   60L /* seconds with less than STALL_LEAST octets each */
#define STALL_LEAST     10L
#define ANSWER_MOST     (16 * 1024 * 1024) /* octets of a list of UIDs */
#define SAVE_EVERY      50                 /* mails */
#define STATE_MOST      200

typedef struct Session {
    const Gateway *gateway;
    CURL *easy;
    char *root;    /* owned; imaps://host:port/ */
    char *folder;  /* owned; its URL */
    GString *body; /* owned; of the last answer */
    size_t most;   /* octets of it that are kept */
    bool is_cut;
    bool no_keywords;
    uint64_t validity, last;
    char *state; /* owned; path */
    char words[CURL_ERROR_SIZE];
} Session;

static size_t take_body(char *bytes, size_t one, size_t count, void *user)
{
    Session *session = user;
    size_t room = session->most - session->body->len;

    (void)one;
    g_string_append_len(session->body, bytes, (gssize)MIN(count, room));
    session->is_cut = count > room;
    return session->is_cut ? 0 : count; /* 0 ends the transfer */
}

/* One command in the folder or at the root; its answer is in session->body. `command` NULL: the mail that the URL
 * names. */
static bool ask(Session *session, const char *url, const char *command, size_t most, GError **error)
{
    CURLcode code;

    g_string_truncate(session->body, 0);
    session->most = most;
    session->is_cut = false;
    *session->words = '\0';
    curl_easy_setopt(session->easy, CURLOPT_URL, url);
    curl_easy_setopt(session->easy, CURLOPT_CUSTOMREQUEST, command);
    code = curl_easy_perform(session->easy);
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && session->is_cut))
        return true;
    if (code == CURLE_LOGIN_DENIED)
        error_set(error, BREACH_ERROR_CONFIG, "track-mailbox-login",
                  "mailbox of %s: the server refuses user or password: correct them in the gateway file",
                  session->gateway->name);
    else
        error_set(error, BREACH_ERROR_TEMPORARY, "track-mailbox", "mailbox of %s: %s; what was taken before is kept",
                  session->gateway->name, *session->words ? session->words : curl_easy_strerror(code));
    return false;
}

static void set_up(Session *session, const Secret *password)
{
    const GatewayMailbox *mailbox = session->gateway->mailbox;
    CURL *easy = session->easy;

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, session->words);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     mailbox->tls == MAILBOX_TLS_NONE ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, STALL_TIMEOUT);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, STALL_LEAST);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, session);
    curl_easy_setopt(easy, CURLOPT_USERNAME, mailbox->user);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, secret_text(password));
    if (mailbox->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, mailbox->ca_file);
}

/* The number behind `word` in an answer; 0: there is none. */
static uint64_t number_behind(const char *answer, const char *word)
{
    const char *at = strstr(answer, word);

    return at ? g_ascii_strtoull(at + strlen(word), NULL, 10) : 0;
}

static void load_state(Session *session)
{
    g_autofree char *text = file_read(session->state, STATE_MOST, NULL, NULL);
    char *end = NULL;
    uint64_t validity = text ? g_ascii_strtoull(text, &end, 10) : 0;

    session->last = text && validity == session->validity ? g_ascii_strtoull(end, NULL, 10) : 0;
}

static bool save_state(Session *session, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", session->validity, session->last);

    return file_write(session->state, text, strlen(text), 0600, error);
}

/* The UIDs over the last one, in the order of the server, which is that of arrival: a new array of uint64_t. */
static GArray *list_new(Session *session, GError **error)
{
    g_autofree char *command = g_strdup_printf("UID SEARCH UID %" G_GUINT64_FORMAT ":*", session->last + 1);
    GArray *list;
    const char *at;

    if (!ask(session, session->folder, command, ANSWER_MOST, error))
        return NULL;
    list = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    at = strstr(session->body->str, "SEARCH");
    for (at = at ? at + strlen("SEARCH") : ""; *at == ' ';) {
        char *end;
        uint64_t uid = g_ascii_strtoull(at, &end, 10);

        if (end == at || end == at + 1)
            break;
        if (uid > session->last) /* "n:*" is the last mail also when n is beyond it: RFC 3501 6.4.8 */
            g_array_append_val(list, uid);
        at = end;
    }
    return list;
}

static void mark(Session *session, uint64_t uid)
{
    g_autofree char *command = g_strdup_printf("UID STORE %" G_GUINT64_FORMAT " +FLAGS.SILENT (BreachTaken)", uid);

    if (!session->no_keywords)
        session->no_keywords = !ask(session, session->folder, command, ANSWER_MOST, NULL);
}

static int by_number(gconstpointer left, gconstpointer right)
{
    const uint64_t *one = left, *other = right;

    return (*one > *other) - (*one < *other);
}

static bool fetch_all(Session *session, MailFileTake take, void *data, GError **error)
{
    g_autoptr(GArray) list = list_new(session, error);

    if (!list)
        return false;
    g_array_sort(list, by_number);
    for (guint i = 0; i < list->len; i++) {
        uint64_t uid = g_array_index(list, uint64_t, i);
        g_autofree char *url = g_strdup_printf("%s/;UID=%" G_GUINT64_FORMAT, session->folder, uid);

        if (!ask(session, url, NULL, BOUNCE_MAIL_MOST + 1, error))
            return false;
        if (session->body->len > 0 &&
            !take(session->gateway->name, (int)uid, session->body->str, session->body->len, data))
            return true;
        session->last = uid;
        mark(session, uid);
        if (i % SAVE_EVERY == SAVE_EVERY - 1 && !save_state(session, error))
            return false;
    }
    return true;
}

static bool open_folder(Session *session, const char *name, GError **error)
{
    g_autofree char *command = g_strdup_printf("STATUS \"%s\" (UIDVALIDITY)", name);

    if (!ask(session, session->root, command, ANSWER_MOST, error))
        return false;
    session->validity = number_behind(session->body->str, "UIDVALIDITY ");
    load_state(session);
    return true;
}

static bool fetch(Session *session, const char *name, MailFileTake take, void *data, GError **error)
{
    bool is_fetched;
    uint64_t before;

    if (!open_folder(session, name, error))
        return false;
    before = session->last;
    is_fetched = fetch_all(session, take, data, error);
    if (session->last != before && !save_state(session, is_fetched ? error : NULL))
        return false;
    return is_fetched;
}

bool mailbox_fetch(const Gateway *gateway, const char *state_folder, MailFileTake take, void *data, GError **error)
{
    const GatewayMailbox *mailbox = gateway->mailbox;
    const char *name = mailbox->folder ? mailbox->folder : "INBOX";
    bool is_implicit = mailbox->tls == MAILBOX_TLS_IMPLICIT;
    g_autoptr(Secret) password = secret_load(mailbox->password, gateway->folder, error);
    g_autofree char *folder = g_build_filename(state_folder, "mailbox", NULL);
    g_autofree char *escaped = g_uri_escape_string(name, NULL, FALSE);
    Session session = {.gateway = gateway};
    bool is_fetched;

    if (!password || !file_make_folder(folder, 0700, error))
        return false;
    session.easy = curl_easy_init();
    session.body = g_string_new(NULL);
    session.root = g_strdup_printf("%s://%s:%d/", is_implicit ? "imaps" : "imap", mailbox->host,
                                   mailbox->port ? mailbox->port
                                   : is_implicit ? 993
                                                 : 143);
    session.folder = g_strconcat(session.root, escaped, NULL);
    session.state = g_build_filename(folder, gateway->name, NULL);
    set_up(&session, password);
    is_fetched = fetch(&session, name, take, data, error);
    curl_easy_cleanup(session.easy);
    g_string_free(session.body, TRUE);
    g_free(session.root);
    g_free(session.folder);
    g_free(session.state);
    return is_fetched;
}
