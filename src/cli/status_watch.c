#include "cli/status_watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/exit_code.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/status_request.h"
#include "report/live.h"
#include "report/live_screen.h"

#define INTERVAL_USUAL 1.0
#define INTERVAL_LEAST 0.2
#define INTERVAL_MOST  3600.0
#define REST_LEAST     50                  /* ms between two readings, however long one takes */
#define CLOCKS_EVERY   (5 * CLOCK_SECOND)  /* between two looks into the case record */
#define PATIENCE       (30 * CLOCK_SECOND) /* how long readings may fail: a plan may be on its way */

/* ECMA-48: the alternate screen with the cursor hidden, and back; from the top; what is left of a line, of the screen.
 */
#define SCREEN_ENTER "\033[?1049h\033[?25l"
#define SCREEN_LEAVE "\033[?25h\033[?1049l"
#define SCREEN_TOP   "\033[H"
#define LINE_END     "\033[K\r\n"
#define SCREEN_END   "\033[K\033[J"

typedef struct Watch {
    Workspace *workspace;
    Ledger *ledger;       /* owned; of the last reading: while one is open, SQLite keeps its files beside the ledger */
    LiveHistory *history; /* owned */
    Lawbook *lawbook;     /* owned; NULL: the law asks nothing */
    int64_t clocks_at;    /* steady ms; when it was read last */
    int64_t failed_at;    /* steady ms; since when readings fail; 0: they do not */
    json_t *document;     /* owned; the last reading; NULL before the first */
    char *key;            /* owned; of the last line */
    bool is_screen;       /* stdout is a terminal that can be drawn on */
    bool has_keys;        /* keys are read as they are typed */
    int interval;         /* ms */
    struct termios usual; /* with has_keys: how the terminal was */
    sigset_t waiting;     /* the mask with which the signals below are let through */
} Watch;

static volatile sig_atomic_t end_asked;   /* q has the same effect */
static volatile sig_atomic_t stop_asked;  /* Ctrl-Z */
static volatile sig_atomic_t has_changed; /* the size of the terminal, or we are back from Ctrl-Z */

static void note_signal(int number)
{
    if (number == SIGTSTP)
        stop_asked = 1;
    else if (number == SIGWINCH || number == SIGCONT)
        has_changed = 1;
    else
        end_asked = 1;
}

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH};

/* They are let through only while nothing is done and while something is written, which may take long. */
static void catch_signals(Watch *watch)
{
    struct sigaction action = {.sa_handler = note_signal};
    sigset_t blocked;

    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++) {
        if (!watch->is_screen && watched[i] == SIGTSTP)
            continue;
        sigaction(watched[i], &action, NULL);
        sigaddset(&blocked, watched[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &watch->waiting);
}

static bool parse_interval(const char *text, int *interval, GError **error)
{
    char *end = NULL;
    double seconds = text ? g_ascii_strtod(text, &end) : INTERVAL_USUAL;

    if (text && (end == text || *end || !(seconds >= INTERVAL_LEAST && seconds <= INTERVAL_MOST))) {
        error_set(error, BREACH_ERROR_INPUT, "watch-interval",
                  "--interval %s is no number of seconds from 0.2 to 3600: write --interval 5", text);
        return false;
    }
    *interval = (int)(seconds * 1000);
    return true;
}

/* The terminal ---------------------------------------------------------------------------------------------------- */

/* Whole, also where the terminal takes less at a time. What cannot be written ends the watching. */
static void put(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, text, length);

        if (written < 0 && errno == EINTR && !end_asked)
            continue;
        if (written <= 0) {
            end_asked = 1;
            return;
        }
        text += written;
        length -= (size_t)written;
    }
}

static void enter_screen(Watch *watch)
{
    struct termios keys;

    watch->has_keys = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &watch->usual) == 0;
    if (watch->has_keys) {
        keys = watch->usual;
        keys.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
        keys.c_cc[VMIN] = 0;
        keys.c_cc[VTIME] = 0;
        watch->has_keys = tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
    }
    put(SCREEN_ENTER, strlen(SCREEN_ENTER));
}

static void leave_screen(const Watch *watch)
{
    put(SCREEN_LEAVE, strlen(SCREEN_LEAVE));
    if (watch->has_keys)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &watch->usual);
}

/* The terminal is the shell's as long as we are stopped. */
static void stop(Watch *watch)
{
    stop_asked = 0;
    leave_screen(watch);
    raise(SIGSTOP);
    enter_screen(watch);
}

static LiveScreen screen_size(void)
{
    const char *no_colour = g_getenv("NO_COLOR");
    LiveScreen screen = {.columns = 80, .rows = 24, .has_colours = !no_colour || !*no_colour};
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        screen.columns = size.ws_col;
        screen.rows = size.ws_row;
    }
    return screen;
}

/* In one piece, over what stands there, so that nothing flickers. */
static void draw(const json_t *document)
{
    const LiveScreen size = screen_size();
    g_autofree char *text = live_screen(document, &size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *body = g_strjoinv(LINE_END, lines);
    g_autofree char *whole = g_strconcat(SCREEN_TOP, body, SCREEN_END, NULL);

    put(whole, strlen(whole));
}

/* Readings -------------------------------------------------------------------------------------------------------- */

/* What the law asks changes with the case record and with the time. */
static bool look_at_clocks(Watch *watch, GError **error)
{
    int64_t now = clock_steady(clock_system());

    if (!watch->lawbook || now < watch->clocks_at + CLOCKS_EVERY)
        return true;
    watch->clocks_at = now;
    return lawbook_refresh(watch->lawbook, clock_now(clock_system()), error);
}

/* A plan that is made again changes the ledger's header, and a rehearsal that begins afresh the ledger: so it is opened
 * for each reading. */
static bool read_once(Watch *watch, GError **error)
{
    Ledger *ledger = workspace_ledger(watch->workspace, error);
    StatusRequest request = status_request(watch->workspace, ledger);
    json_t *document;

    if (!ledger)
        return false;
    ledger_close(watch->ledger);
    watch->ledger = ledger;
    if (!look_at_clocks(watch, error))
        return false;
    document = live_collect(&request, watch->history, watch->lawbook, error);
    if (!document)
        return false;
    json_decref(watch->document);
    watch->document = document;
    return true;
}

/* A reading may fail while a plan is made or a disk is full; what was read before stays on the screen meanwhile. */
static bool read_patiently(Watch *watch, GError **error)
{
    g_autoptr(GError) problem = NULL;
    int64_t now = clock_steady(clock_system());

    if (read_once(watch, &problem)) {
        watch->failed_at = 0;
        return true;
    }
    watch->failed_at = watch->failed_at == 0 ? now : watch->failed_at;
    if (watch->document && now < watch->failed_at + PATIENCE) {
        json_object_set_new(watch->document, "problem", json_string(problem->message));
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static void show_line(Watch *watch)
{
    g_autofree char *key = live_key(watch->document);
    g_autofree char *line = NULL;

    if (g_strcmp0(key, watch->key) == 0)
        return;
    g_free(watch->key);
    watch->key = g_steal_pointer(&key);
    line = live_line(watch->document);
    puts(line);
}

static void show_document(const json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);

    puts(text);
    free(text);
}

static void show_on_pipe(Watch *watch)
{
    if (watch->failed_at != 0) /* nothing new */
        return;
    if (watch->workspace->options->json)
        show_document(watch->document);
    else
        show_line(watch);
    if (fflush(stdout) != 0)
        end_asked = 1; /* whoever read it has gone, or somebody ends it while nobody reads */
}

/* A terminal that was stopped and a pipe that nobody reads take nothing: a signal ends that, too. */
static void show(Watch *watch)
{
    sigset_t blocked;

    sigprocmask(SIG_SETMASK, &watch->waiting, &blocked);
    if (watch->is_screen)
        draw(watch->document);
    else
        show_on_pipe(watch);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* Waiting --------------------------------------------------------------------------------------------------------- */

static void read_keys(void)
{
    char keys[64];
    ssize_t count = read(STDIN_FILENO, keys, sizeof keys);

    for (ssize_t i = 0; i < count; i++)
        if (keys[i] == 'q' || keys[i] == 'Q')
            end_asked = 1;
    if (count == 0) /* the terminal was hung up */
        end_asked = 1;
}

/* Until `until` (steady ms), a key or a signal. */
static void wait_until(const Watch *watch, int64_t until)
{
    int64_t left = MAX(until - clock_steady(clock_system()), 0);
    const struct timespec span = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    struct pollfd keys = {.fd = watch->has_keys ? STDIN_FILENO : -1, .events = POLLIN};

    if (ppoll(&keys, 1, &span, &watch->waiting) > 0)
        read_keys();
}

/* Between two readings; signals and keys are heard here. */
static void rest(Watch *watch, int64_t until)
{
    while (!end_asked && clock_steady(clock_system()) < until) {
        wait_until(watch, until);
        if (stop_asked)
            stop(watch);
        if (has_changed && watch->is_screen)
            show(watch);
        has_changed = 0;
    }
}

static bool watch_on(Watch *watch, GError **error)
{
    while (!end_asked) {
        int64_t next = clock_steady(clock_system()) + watch->interval;

        if (!read_patiently(watch, error))
            return false;
        show(watch);
        rest(watch, MAX(next, clock_steady(clock_system()) + REST_LEAST));
    }
    return true;
}

static void tell_end(const Watch *watch)
{
    const json_t *document = watch->document;
    const char *next = json_string_value(json_object_get(document, "next"));

    if (watch->workspace->options->json || !document || ferror(stdout))
        return;
    printf("%s\n", json_string_value(json_object_get(document, "verdict")));
    if (next && *next)
        printf(_("next: %s\n"), next);
    (void)fflush(stdout);
}

int status_watch(Workspace *workspace)
{
    const char *term = g_getenv("TERM");
    Watch watch = {.workspace = workspace};
    g_autoptr(GError) error = NULL;
    bool is_watched;

    if (!parse_interval(workspace->options->interval, &watch.interval, &error)) {
        output_message("error: %s", error->message);
        return EXIT_CODE_USAGE;
    }
    watch.is_screen = isatty(STDOUT_FILENO) && !workspace->options->json && term && strcmp(term, "dumb") != 0;
    watch.history = live_history_new();
    if (obligations_are_asked(workspace))
        watch.lawbook = obligations_lawbook(workspace, false, &error);
    is_watched = !error && read_once(&watch, &error);
    if (is_watched) {
        catch_signals(&watch);
        if (watch.is_screen)
            enter_screen(&watch);
        is_watched = watch_on(&watch, &error);
        if (watch.is_screen)
            leave_screen(&watch);
    }
    if (error)
        output_message("error: %s", error->message);
    else
        tell_end(&watch);
    json_decref(watch.document);
    g_free(watch.key);
    live_history_free(watch.history);
    ledger_close(watch.ledger);
    lawbook_close(watch.lawbook);
    return is_watched ? EXIT_CODE_TOLD : exit_code_of(error);
}
