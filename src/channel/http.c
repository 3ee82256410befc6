#include "channel/http.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/error.h"
#include "model/gateway.h"

#define CONNECT_TIMEOUT 30000 /* ms */
#define TIMEOUT         60000 /* ms */
#define IDLE_MOST       20L   /* seconds; an older connection may be closed on the other side just when it is used */
#define HEADERS_MAX     65536 /* octets of all header lines of an answer */

typedef struct Call Call;

struct HttpClient {
    CURLM *multi;
    GPtrArray *idle; /* owned; of Call *, to be used again */
    int under_way;
    char *ca_file; /* owned, or NULL */
    char *header;  /* owned, or NULL; the one that is wanted */
    char *allowed; /* owned, or NULL; the last URL that was */
    bool http2;
    long connect_timeout, timeout; /* ms */
    size_t answer_max;
};

/* One request; its handle is used again for others. */
struct Call {
    HttpClient *client;
    CURL *easy;
    struct curl_slist *headers; /* owned; behind those of the request stands one of ours */
    char *url, *method;         /* owned, or NULL: what the handle was told last */
    CURLU *parts;               /* owned, or NULL; of `url` */
    const SignRequest *request; /* borrowed */
    size_t headers_size;        /* octets of the answer's */
    GString *body;              /* of the answer */
    char *header;               /* owned, or NULL; its wanted header */
    HttpBefore *before;
    HttpDone *done;
    void *user;
    bool is_post;    /* what the handle was told last */
    bool is_handed;  /* a byte may have left */
    bool is_refused; /* `before` said no */
    bool is_huge;
};

void http_answer_clear(HttpAnswer *answer)
{
    g_clear_pointer(&answer->body, g_free);
    g_clear_pointer(&answer->header, g_free);
    g_clear_error(&answer->error);
    *answer = (HttpAnswer){.end = HTTP_UNSENT};
}

static void initialize(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    signal(SIGPIPE, SIG_IGN);
}

void http_initialize(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, initialize);
}

/* What libcurl calls ------------------------------------------------------------------------------------------- */

/* A connection is there, new or used again, and libcurl is about to make the request. Being asked twice means that it
 * would send it a second time (the connection died under it, the provider refused the stream, another version of HTTP
 * is wanted): that is not for libcurl to decide. Every such way leads through here, and nothing else keeps it from
 * sending again, for the whole body is in its hands, so that head and body go out in one write. */
static int connection_is_there(void *data, char *to, char *from, int to_port, int from_port)
{
    Call *call = data;

    (void)to, (void)from, (void)to_port, (void)from_port;
    if (call->is_handed)
        return CURL_PREREQFUNC_ABORT;
    if (call->before && !call->before(call->user)) {
        call->is_refused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    call->is_handed = true;
    return CURL_PREREQFUNC_OK;
}

static size_t take_body(char *octets, size_t size, size_t count, void *data)
{
    Call *call = data;
    size_t length = size * count;

    if (length > call->client->answer_max - call->body->len) {
        call->is_huge = true;
        return 0;
    }
    g_string_append_len(call->body, octets, (gssize)length);
    return length;
}

static size_t take_header(char *octets, size_t size, size_t count, void *data)
{
    Call *call = data;

    const char *wanted = call->client->header;
    size_t length = wanted ? strlen(wanted) : 0;

    call->headers_size += size * count;
    if (wanted && size * count > length && octets[length] == ':' && g_ascii_strncasecmp(octets, wanted, length) == 0) {
        g_free(call->header);
        call->header = g_strstrip(g_strndup(octets + length + 1, size * count - length - 1));
    }
    call->is_huge = call->is_huge || call->headers_size > HEADERS_MAX;
    return call->is_huge ? 0 : size * count;
}

/* A request that is handed over needs no other connection. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    const Call *call = data;

    (void)purpose;
    if (call->is_handed)
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Clients ------------------------------------------------------------------------------------------------------- */

static void free_call(gpointer data)
{
    Call *call = data;

    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    g_string_free(call->body, TRUE);
    curl_url_cleanup(call->parts);
    g_free(call->url);
    g_free(call->method);
    g_free(call->header);
    g_free(call);
}

HttpClient *http_client_new(const HttpOptions *options, GError **error)
{
    HttpClient *client;
    long connections = MAX(options->connections, 1);

    http_initialize();
    if (options->ca_file && access(options->ca_file, R_OK) != 0) {
        error_set(error, BREACH_ERROR_CONFIG, "http-ca-file", "the CA file %s cannot be read", options->ca_file);
        return NULL;
    }
    client = g_new0(HttpClient, 1);
    client->multi = curl_multi_init();
    client->idle = g_ptr_array_new_with_free_func(free_call);
    client->ca_file = g_strdup(options->ca_file);
    client->header = g_strdup(options->header);
    client->http2 = options->http2;
    client->connect_timeout = (long)(options->connect_timeout > 0 ? options->connect_timeout : CONNECT_TIMEOUT);
    client->timeout = (long)(options->timeout > 0 ? options->timeout : TIMEOUT);
    client->answer_max = options->answer_max > 0 ? options->answer_max : HTTP_ANSWER_MAX;
    curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, options->http2 ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, connections);
    return client;
}

void http_client_free(HttpClient *client)
{
    if (!client)
        return;
    g_assert(client->under_way == 0);
    g_ptr_array_unref(client->idle);
    curl_multi_cleanup(client->multi);
    g_free(client->ca_file);
    g_free(client->header);
    g_free(client->allowed);
    g_free(client);
}

/* What is the same for every request of a client. */
static void prepare_handle(const HttpClient *client, Call *call)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https"); /* plain: see is_allowed() */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     (long)(client->http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, client->http2 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, client->connect_timeout);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, client->timeout);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_MOST);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "breach");
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, connection_is_there);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    if (client->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
}

static Call *take_call(HttpClient *client)
{
    Call *call;

    if (client->idle->len > 0)
        return g_ptr_array_steal_index_fast(client->idle, client->idle->len - 1);
    call = g_new0(Call, 1);
    call->client = client;
    call->easy = curl_easy_init();
    call->body = g_string_sized_new(1024);
    prepare_handle(client, call);
    return call;
}

/* Requests ------------------------------------------------------------------------------------------------------ */

/* Telling a handle what it knows already costs more than looking. */
static bool is_new(char **told, const char *wanted)
{
    if (*told && strcmp(*told, wanted) == 0)
        return false;
    g_free(*told);
    *told = g_strdup(wanted);
    return true;
}

/* https, or http to this very machine. Anything but a plain host and port before the path ("user@host") is refused, so
 * that this function and libcurl cannot read it differently. */
static bool is_allowed(const char *url)
{
    static const char host_octets[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
    bool is_plain = g_str_has_prefix(url, "http://");
    const char *host;
    size_t length;
    g_autofree char *name = NULL;

    if (!is_plain && !g_str_has_prefix(url, "https://"))
        return false;
    host = strstr(url, "://") + 3;
    length = strspn(host, host_octets);
    if (length == 0 || (host[length] && !strchr("/?", host[length])))
        return false;
    for (const char *at = url; *at; at++)
        if (*at <= ' ' || *at == 0x7f)
            return false;
    if (!is_plain)
        return true;
    name = g_strndup(host, strcspn(host, ":/?"));
    return gateway_is_loopback(name);
}

/* A URL that comes again is taken apart once, and not by libcurl for each request. */
static void set_url(Call *call, const char *url)
{
    if (is_new(&call->url, url)) {
        curl_easy_setopt(call->easy, CURLOPT_URL, url);
        curl_easy_setopt(call->easy, CURLOPT_CURLU, NULL);
        curl_url_cleanup(call->parts);
        call->parts = NULL;
    } else if (!call->parts) {
        call->parts = curl_url();
        if (curl_url_set(call->parts, CURLUPART_URL, url, 0) == CURLUE_OK)
            curl_easy_setopt(call->easy, CURLOPT_CURLU, call->parts);
    }
}

static void set_method(Call *call, const SignRequest *request)
{
    bool has_body = request->body != NULL;
    bool is_post = has_body || strcmp(request->method, "POST") == 0;

    if (is_new(&call->method, request->method) || is_post != call->is_post) {
        call->is_post = is_post;
        curl_easy_setopt(call->easy, is_post ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, request->method);
    }
    if (is_post) {
        curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(has_body ? request->size : 0));
        curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, has_body ? request->body : "");
    }
    /* What has no body gets a connection of its own: a used one that has died meanwhile would leave a doubt. */
    curl_easy_setopt(call->easy, CURLOPT_FRESH_CONNECT, has_body || call->client->http2 ? 0L : 1L);
}

static bool has_headers(const Call *call, const SignRequest *request)
{
    const struct curl_slist *at = call->headers;

    for (guint i = 0; request->headers && i < request->headers->len; i++, at = at->next)
        if (!at || !at->next || strcmp(at->data, g_ptr_array_index(request->headers, i)) != 0)
            return false;
    return at && !at->next;
}

static void set_headers(Call *call, const SignRequest *request)
{
    struct curl_slist *headers = NULL;

    if (has_headers(call, request))
        return;
    for (guint i = 0; request->headers && i < request->headers->len; i++)
        headers = curl_slist_append(headers, g_ptr_array_index(request->headers, i));
    headers = curl_slist_append(headers, "Expect:"); /* or libcurl waits a second with long bodies */
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, headers);
    curl_slist_free_all(call->headers);
    call->headers = headers;
}

bool http_client_begin(HttpClient *client, const SignRequest *request, HttpBefore *before, HttpDone *done, void *user,
                       GError **error)
{
    Call *call;

    if (is_new(&client->allowed, request->url) && !is_allowed(request->url)) {
        g_autofree char *start = g_strndup(request->url, strcspn(request->url, "?"));

        error_set(error, BREACH_ERROR_CONFIG, "http-url",
                  "%s cannot be used: only https, and http to this machine itself", start);
        g_clear_pointer(&client->allowed, g_free);
        return false;
    }
    call = take_call(client);
    call->request = request;
    call->headers_size = 0;
    call->is_handed = call->is_refused = call->is_huge = false;
    call->before = before;
    call->done = done;
    call->user = user;
    g_string_truncate(call->body, 0);
    g_clear_pointer(&call->header, g_free);
    set_url(call, request->url);
    set_method(call, request);
    set_headers(call, request);
    curl_multi_add_handle(client->multi, call->easy);
    client->under_way++;
    return true;
}

int http_client_under_way(const HttpClient *client)
{
    return client->under_way;
}

/* Answers ------------------------------------------------------------------------------------------------------- */

static char *host_of(const Call *call)
{
    const char *host = strstr(call->request->url, "://") + 3;

    return g_strndup(host, strcspn(host, "/?"));
}

/* What went wrong before the first byte. */
static GError *unsent_error(const Call *call, CURLcode code)
{
    g_autofree char *host = host_of(call);

    if (call->is_refused)
        return error_make(BREACH_ERROR_CREATE, "http-not-noted",
                          "it could not be noted that the request was to be sent");
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return error_make(BREACH_ERROR_TEMPORARY, "http-host", "the host %s cannot be found", host);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
        return error_make(BREACH_ERROR_CONFIG, "http-certificate",
                          "the certificate of %s is not one that can be believed", host);
    case CURLE_SSL_CACERT_BADFILE:
        return error_make(BREACH_ERROR_CONFIG, "http-ca-file", "the CA file for %s cannot be used", host);
    case CURLE_SSL_CONNECT_ERROR:
        return error_make(BREACH_ERROR_TEMPORARY, "http-handshake",
                          "the encrypted connection to %s could not be set up", host);
    case CURLE_OPERATION_TIMEDOUT:
        return error_make(BREACH_ERROR_TEMPORARY, "http-connect", "%s does not answer", host);
    default:
        return error_make(BREACH_ERROR_TEMPORARY, "http-connect", "%s cannot be reached: %s", host,
                          curl_easy_strerror(code));
    }
}

static GError *lost_error(const Call *call, CURLcode code)
{
    g_autofree char *host = host_of(call);

    if (call->is_huge)
        return error_make(BREACH_ERROR_TEMPORARY, "http-answer-size", "the answer of %s is longer than %zu octets",
                          host, call->client->answer_max);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return error_make(BREACH_ERROR_TEMPORARY, "http-timeout", "%s took the request and did not answer in time",
                          host);
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
        return error_make(BREACH_ERROR_TEMPORARY, "http-nonsense", "the answer of %s is no HTTP", host);
    return error_make(BREACH_ERROR_TEMPORARY, "http-lost",
                      "the connection to %s was lost before the answer was complete", host);
}

/* What the answer says about when to come back; libcurl reads both forms of the header. */
static int64_t retry_after_of(const Call *call)
{
    curl_off_t seconds = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds <= 0)
        return 0;
    return seconds >= HTTP_RETRY_AFTER_MAX / 1000 ? HTTP_RETRY_AFTER_MAX : (int64_t)seconds * 1000;
}

static void finish(Call *call, CURLcode code)
{
    HttpClient *client = call->client;
    HttpAnswer answer = {.end = HTTP_UNSENT};
    long status = 0;

    if (code == CURLE_OK) {
        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
        answer.end = HTTP_ANSWERED;
        answer.code = (int)status;
        answer.body = call->body->str; /* lent */
        answer.size = call->body->len;
        answer.retry_after = retry_after_of(call);
        answer.header = g_steal_pointer(&call->header);
    } else if (call->is_handed) {
        answer.end = HTTP_LOST;
        answer.error = lost_error(call, code);
    } else {
        answer.is_refused = call->is_refused;
        answer.error = unsent_error(call, code);
    }
    curl_multi_remove_handle(client->multi, call->easy);
    client->under_way--;
    call->done(&answer, call->user);
    answer.body = NULL;
    http_answer_clear(&answer);
    g_ptr_array_add(client->idle, call);
}

static bool finish_all(HttpClient *client)
{
    bool has_finished = false;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        CURLcode code = message->data.result; /* the message is gone once its handle is removed */
        Call *call = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        finish(call, code);
        has_finished = true;
    }
    return has_finished;
}

/* Of an eventfd, which one read sets back. */
static void read_empty(int fd)
{
    uint64_t count;
    ssize_t octets = read(fd, &count, sizeof count);

    (void)octets;
}

void http_client_step(HttpClient *client, int64_t wait, int wake_fd)
{
    struct curl_waitfd extra = {.fd = wake_fd, .events = CURL_WAIT_POLLIN};
    int running;

    curl_multi_perform(client->multi, &running);
    if (finish_all(client) || wait <= 0)
        return;
    curl_multi_poll(client->multi, &extra, wake_fd > 0 ? 1 : 0, (int)MIN(wait, (int64_t)G_MAXINT), NULL);
    if (wake_fd > 0 && (extra.revents & CURL_WAIT_POLLIN))
        read_empty(wake_fd);
    curl_multi_perform(client->multi, &running);
    finish_all(client);
}

/* One at a time ------------------------------------------------------------------------------------------------- */

typedef struct Exchange {
    HttpBefore *before;
    void *user;
    HttpAnswer *answer;
    bool is_done;
} Exchange;

static bool exchange_before(void *data)
{
    Exchange *exchange = data;

    return !exchange->before || exchange->before(exchange->user);
}

static void exchange_done(const HttpAnswer *answer, void *data)
{
    Exchange *exchange = data;

    *exchange->answer = *answer;
    exchange->answer->body = g_memdup2(answer->body, answer->body ? answer->size + 1 : 0);
    exchange->answer->header = g_strdup(answer->header);
    exchange->answer->error = answer->error ? g_error_copy(answer->error) : NULL;
    exchange->is_done = true;
}

bool http_exchange(HttpClient *client, const SignRequest *request, HttpBefore *before, void *user, HttpAnswer *answer,
                   GError **error)
{
    Exchange exchange = {.before = before, .user = user, .answer = answer};

    *answer = (HttpAnswer){.end = HTTP_UNSENT};
    if (!http_client_begin(client, request, exchange_before, exchange_done, &exchange, error))
        return false;
    while (!exchange.is_done)
        http_client_step(client, 1000, 0);
    if (answer->end != HTTP_ANSWERED)
        g_propagate_error(error, g_steal_pointer(&answer->error));
    return answer->end == HTTP_ANSWERED;
}
