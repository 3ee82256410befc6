#include "track/mailbox.h"

#include <inttypes.h>
#include <string.h>

#include <curl/curl.h>

#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/secret.h"
#include "track/bounce_mail.h"

#define CONNECT_TIMEOUT 30L /* seconds */
#define STALL_TIMEOUT   60L /* seconds with less than STALL_LEAST octets each */
#define STALL_LEAST     10L
#define ANSWER_TIMEOUT  600L               /* seconds for one answer, however its octets trickle in */
#define ANSWER_MOST     (16 * 1024 * 1024) /* octets of an answer that is no mail */
#define UID_MOST        UINT32_MAX         /* RFC 3501 2.3.1.1 */
#define LISTED_TOGETHER 500                /* UIDs; see list_from() */
#define SETTLE_EVERY    500                /* mails */
#define REFUSED_IN_ROW  10                 /* mails that the server does not give us, before it is left alone */
#define STATE_MOST      200

typedef struct Session {
    const Gateway *gateway;
    CURL *easy;
    char *root;    /* owned; imaps://host:port/ */
    char *folder;  /* owned; its URL */
    char *place;   /* owned; a digest of account and folder: the UIDs of another one mean other mails */
    GString *body; /* owned; of the last answer */
    size_t most;   /* octets of it that are kept */
    bool is_cut;
    bool no_keywords;
    bool is_refused;         /* the last answer was no mail; the connection is as good as before */
    uint64_t validity, next; /* UIDVALIDITY and UIDNEXT of the folder */
    uint64_t last;           /* up to here nothing is missing */
    uint64_t saved;          /* the same, as it is on disk */
    uint64_t refused;        /* the first mail that the server did not give us; 0: none */
    int refused_in_row;
    GString *taken; /* owned; UIDs since the last settling, as a set of RFC 3501 9 */
    int taken_count;
    bool is_stopped;
    char *state; /* owned; path */
    char words[CURL_ERROR_SIZE];
} Session;

typedef struct Taker {
    MailFileTake take;
    MailboxSettle settle;
    void *data;
} Taker;

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
    session->is_refused = code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_WEIRD_SERVER_REPLY;
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
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, ANSWER_TIMEOUT);
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
    g_autofree char *known = g_strdup_printf("%s %" G_GUINT64_FORMAT " ", session->place, session->validity);

    session->last = text && g_str_has_prefix(text, known) ? g_ascii_strtoull(text + strlen(known), NULL, 10) : 0;
    session->saved = session->last;
}

static bool save_state(Session *session, GError **error)
{
    g_autofree char *text = g_strdup_printf("%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", session->place,
                                            session->validity, session->last);

    if (session->last == session->saved)
        return true;
    session->saved = session->last;
    return file_write(session->state, text, strlen(text), 0600, error);
}

static int by_number(gconstpointer left, gconstpointer right)
{
    const uint64_t *one = left, *other = right;

    return (*one > *other) - (*one < *other);
}

/* The numbers of a line "* SEARCH 4 8 15" that are from `first` to before `end`. */
static void add_found(GArray *list, const char *line, uint64_t first, uint64_t end)
{
    const char *at = g_str_has_prefix(line, "* SEARCH") ? line + strlen("* SEARCH") : "";

    while (*at == ' ') {
        char *behind;
        uint64_t uid = g_ascii_strtoull(at, &behind, 10);

        if (uid >= first && uid < end)
            g_array_append_val(list, uid);
        at = behind > at ? behind : "";
    }
}

/* The UIDs from `first` on, rising: a new array of uint64_t. Not all at once, since libcurl cuts lines of over 8,000
 * octets off (64,000 later on) without an error, and cannot be given hundreds of short ones. */
static GArray *list_from(Session *session, uint64_t first, GError **error)
{
    uint64_t end = MIN(first + LISTED_TOGETHER, session->next);
    g_autofree char *command =
        g_strdup_printf("UID SEARCH UID %" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, first, end - 1);
    g_auto(GStrv) lines = NULL;
    GArray *list;

    if (!ask(session, session->folder, command, ANSWER_MOST, error))
        return NULL;
    list = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    lines = g_strsplit(session->body->str, "\n", -1);
    for (char **line = lines; *line; line++)
        add_found(list, *line, first, end);
    g_array_sort(list, by_number);
    return list;
}

/* Whoever looks into the folder sees what was taken. A server that keeps no keywords is not asked again. */
static void mark(Session *session)
{
    g_autofree char *command = g_strdup_printf("UID STORE %s +FLAGS.SILENT (BreachTaken)", session->taken->str);

    if (!session->no_keywords)
        session->no_keywords = !ask(session, session->folder, command, ANSWER_MOST, NULL);
}

static bool settle(Session *session, const Taker *taker, GError **error)
{
    if (session->taken->len > 0 && !taker->settle(taker->data))
        return false;
    if (session->taken->len > 0)
        mark(session);
    g_string_truncate(session->taken, 0);
    session->taken_count = 0;
    return save_state(session, error);
}

/* A mail that the server does not give us does not keep us from those behind it. false: it gives us none. */
static bool pass_over(Session *session, uint64_t uid)
{
    if (!session->is_refused || ++session->refused_in_row > REFUSED_IN_ROW)
        return false;
    if (session->refused == 0)
        session->refused = uid;
    return true;
}

/* One mail into session->body, empty where it is passed over. */
static bool fetch_one(Session *session, uint64_t uid, GError **error)
{
    g_autofree char *url = g_strdup_printf("%s/;UID=%" G_GUINT64_FORMAT, session->folder, uid);
    g_autoptr(GError) problem = NULL;

    if (ask(session, url, NULL, BOUNCE_MAIL_MOST + 1, &problem)) {
        session->refused_in_row = 0;
        return true;
    }
    g_string_truncate(session->body, 0);
    if (pass_over(session, uid))
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static bool take_one(Session *session, const Taker *taker, uint64_t uid, GError **error)
{
    if (!fetch_one(session, uid, error))
        return false;
    if (session->body->len > 0) {
        session->is_stopped =
            !taker->take(session->gateway->name, (int)uid, session->body->str, session->body->len, taker->data);
        if (session->is_stopped)
            return true;
        g_string_append_printf(session->taken, "%s%" G_GUINT64_FORMAT, session->taken->len ? "," : "", uid);
        session->taken_count++;
    }
    if (session->refused == 0) /* what is behind one that is missing is read again, which changes nothing */
        session->last = uid;
    return session->taken_count < SETTLE_EVERY || settle(session, taker, error);
}

static bool take_from(Session *session, const Taker *taker, uint64_t first, GError **error)
{
    g_autoptr(GArray) list = list_from(session, first, error);

    for (guint i = 0; list && i < list->len && !session->is_stopped; i++)
        if (!take_one(session, taker, g_array_index(list, uint64_t, i), error))
            return false;
    if (list && session->refused == 0 && !session->is_stopped)
        session->last = MIN(first + LISTED_TOGETHER, session->next) - 1;
    return list != NULL;
}

static bool fetch_all(Session *session, const Taker *taker, GError **error)
{
    for (uint64_t first = session->last + 1; first < session->next && !session->is_stopped; first += LISTED_TOGETHER)
        if (!take_from(session, taker, first, error))
            return false;
    return true;
}

static bool open_folder(Session *session, const char *name, GError **error)
{
    g_autofree char *command = g_strdup_printf("STATUS \"%s\" (UIDNEXT UIDVALIDITY)", name);

    if (!ask(session, session->root, command, ANSWER_MOST, error))
        return false;
    session->validity = number_behind(session->body->str, "UIDVALIDITY ");
    session->next = number_behind(session->body->str, "UIDNEXT ");
    if (session->validity == 0 || session->next == 0 || session->next > UID_MOST) {
        error_set(error, BREACH_ERROR_TEMPORARY, "track-mailbox", "mailbox of %s: %s; what was taken before is kept",
                  session->gateway->name, _("its server does not say UIDNEXT and UIDVALIDITY as it should"));
        return false;
    }
    load_state(session);
    return true;
}

static bool is_complete(const Session *session, GError **error)
{
    if (session->refused == 0)
        return true;
    error_set(error, BREACH_ERROR_TEMPORARY, "track-mailbox-mail",
              "mailbox of %s: the server does not give us the mail with UID %" PRIu64
              "; those behind it are taken: move it out of the folder",
              session->gateway->name, session->refused);
    return false;
}

/* What was taken before something failed is settled as well. */
static bool fetch(Session *session, const char *name, const Taker *taker, GError **error)
{
    bool is_fetched;

    if (!open_folder(session, name, error))
        return false;
    is_fetched = fetch_all(session, taker, error) && is_complete(session, error);
    return settle(session, taker, is_fetched ? error : NULL) && is_fetched;
}

bool mailbox_fetch(const Gateway *gateway, const char *state_folder, MailFileTake take, MailboxSettle settle_all,
                   void *data, GError **error)
{
    const Taker taker = {take, settle_all, data};
    const GatewayMailbox *mailbox = gateway->mailbox;
    const char *name = mailbox->folder ? mailbox->folder : "INBOX";
    bool is_implicit = mailbox->tls == MAILBOX_TLS_IMPLICIT;
    g_autoptr(Secret) password = secret_load(mailbox->password, gateway->folder, error);
    g_autofree char *folder = g_build_filename(state_folder, "mailbox", NULL);
    g_autofree char *escaped = g_uri_escape_string(name, NULL, FALSE);
    g_autofree char *place = NULL;
    Session session = {.gateway = gateway};
    bool is_fetched;

    if (!password || !file_make_folder(folder, 0700, error))
        return false;
    session.easy = curl_easy_init();
    session.body = g_string_new(NULL);
    session.taken = g_string_new(NULL);
    session.root = g_strdup_printf("%s://%s:%d/", is_implicit ? "imaps" : "imap", mailbox->host,
                                   mailbox->port ? mailbox->port
                                   : is_implicit ? 993
                                                 : 143);
    session.folder = g_strconcat(session.root, escaped, NULL);
    place = g_strconcat(mailbox->user, " ", mailbox->host, " ", name, NULL);
    session.place = g_compute_checksum_for_string(G_CHECKSUM_SHA256, place, -1);
    session.state = g_build_filename(folder, gateway->name, NULL);
    set_up(&session, password);
    is_fetched = fetch(&session, name, &taker, error);
    curl_easy_cleanup(session.easy);
    g_string_free(session.body, TRUE);
    g_string_free(session.taken, TRUE);
    g_free(session.root);
    g_free(session.folder);
    g_free(session.place);
    g_free(session.state);
    return is_fetched;
}
