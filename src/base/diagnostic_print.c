#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Letters, call lists, and what people report about them. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* HANDOVER: files for people outside */
    {"BR-HANDOVER-001", "handover-tool", N_("the program that encrypts letters and lists is not there"),
     N_("The gateway says that its files are encrypted to a named recipient. They are never written in plain text "
        "instead, so nothing was written."),
     N_("Install the package that the message names, and go on where it stopped with breach notify.")},
    {"BR-HANDOVER-002", "handover-encrypt", N_("letters or lists cannot be encrypted to their recipient"),
     N_("The key is no usable public key, or it has expired. Nothing was written, because plain text must not touch "
        "the "
        "disk."),
     N_("Ask the recipient for a public key that is valid, correct encrypt in the gateway file, and type breach "
        "check.")},
    {"BR-HANDOVER-003", "handover-write", N_("a file of a batch cannot be written"),
     N_("The batch was taken back as a whole: nobody finds half of it, and its messages are not sent yet."),
     N_("Make room on the disk, or mend the rights of the folder, and type breach notify again.")},
    {"BR-HANDOVER-004", "handover-folder", N_("the folder for letters or lists cannot be used"),
     N_("Nothing was written; the messages are not sent yet."),
     N_("Make the folder that the gateway file names, with rights to write for whoever runs breach, and type breach "
        "notify again.")},
    {"BR-HANDOVER-005", "handover-plain", N_("letters or call lists would be handed over without encryption"),
     N_("The playbook says hand_over: encrypted. Names and addresses of people would lie readable on the disk and on "
        "their "
        "way to the print room."),
     N_("Add encrypt with tool, recipient and name to the gateway file, or take hand_over out of the playbook if "
        "nothing "
        "promises it.")},
    /* LETTER */
    {"BR-LETTER-001", "letter-glyph", N_("this machine has no font for some characters"),
     N_("There would be empty boxes in the letter or on the call sheet, so it was not made."),
     N_("Install fonts-noto-cjk for Chinese, Japanese and Korean, fonts-noto-core for other scripts, or another font that "
        "has the characters; an emoji in a name or an address can be taken out of the people file. Then type breach "
        "resolve with --mended, or breach plan where the file was changed, and breach notify.")},
    {"BR-LETTER-002", "letter-draw", N_("a letter cannot be drawn"),
     N_("The batch was taken back as a whole; its messages are not sent yet."),
     N_("Look at the disk and the memory of this machine, and type breach notify again.")},
    {"BR-LETTER-003", "letter-window", N_("a name and an address do not fit into the window"),
     N_("The post could not have read where the letter goes, so it was not made."),
     N_("Shorten the name or the address in the people file, and type breach plan. Then type breach resolve with "
        "--mended, and breach notify.")},
    /* RECORD */
    {"BR-RECORD-001", "record-kind", N_("it is not said what happened to what"), N_("Nothing was recorded."),
     N_("Type one of the kinds that the message lists behind the playbook, such as breach record PLAYBOOK letter ID.")},
    {"BR-RECORD-002", "record-both", N_("one message and a file of many are named together"),
     N_("Nothing was recorded, because it is not clear which is meant."),
     N_("Name one message with --outcome and --at, or give --from FILE alone.")},
    {"BR-RECORD-003", "record-which", N_("it is not said which letter or call it was"), N_("Nothing was recorded."),
     N_("Add the message id from the list, the notice number, or the person's id; or --from FILE for all of a list.")},
    {"BR-RECORD-004", "record-outcome", N_("the outcome is none that is known"), N_("Nothing was recorded."),
     N_("Write delivered or returned for a letter; reached, no-answer, wrong-number or refused for a call.")},
    {"BR-RECORD-005", "record-time", N_("the time is missing or cannot be read"),
     N_("Nothing was recorded: a record without its time proves nothing."),
     N_("Write the time with its offset, such as 2026-11-21T22:10+08:00.")},
    {"BR-RECORD-006", "record-future", N_("the time has not come yet"), N_("Nothing was recorded."),
     N_("Look at the date and at the offset from UTC, and type it again.")},
    {"BR-RECORD-007", "record-words", N_("a name or a reason is too long, or is no plain line"),
     N_("Nothing was recorded."), N_("Keep it to one line of at most 200 characters.")},
    {"BR-RECORD-008", "record-thing", N_("a line does not say which message it is about"), N_("Nothing was recorded."),
     N_("Keep the columns message and notice of the list as they were written.")},
    {"BR-RECORD-009", "record-by", N_("it is not said who telephoned"),
     N_("Nothing was recorded: that somebody was told by telephone is proven by whoever told them."),
     N_("Add --by NAME, or fill in the column by.")},
    {"BR-RECORD-010", "record-columns", N_("the file has not the columns that are needed"), N_("Nothing was recorded."),
     N_("Begin the file with a line of names: message, outcome, at, by, reason. A calls.csv has them already.")},
    {"BR-RECORD-011", "record-file", N_("the file cannot be read"), N_("Nothing was recorded."),
     N_("Save it as CSV in UTF-8, with every quote closed, and type it again.")},
    {"BR-RECORD-012", "record-several", N_("the person has several messages on this channel"),
     N_("Nothing was recorded, because it is not clear which address or number was no good."),
     N_("Name one of the messages that the error lists.")},
    {"BR-RECORD-013", "record-unknown", N_("no message on this channel fits"),
     N_("Nothing was recorded. The id may be of another incident, or of an exercise, or mistyped."),
     N_("Copy the message id from the list or the manifest, or read the notice number again.")},
    {"BR-RECORD-014", "record-state", N_("this cannot be recorded about the message"),
     N_("Nothing was recorded. The message was not handed over yet, or came back already, or is in doubt."),
     N_("Type breach status to see where it stands. What is in doubt is settled with breach resolve first.")},
    {"BR-RECORD-015", "record-none", N_("nothing goes out on this channel"), N_("Nothing was recorded."),
     N_("Look at the ladders of the audiences in the playbook, and at breach status.")},
    {"BR-RECORD-016", "record-refused", N_("nothing was recorded"),
     N_("All lines are checked before the first is recorded, so that none is recorded twice after a correction."),
     N_("Correct what the errors above it say, and type the same command again.")},
    {"BR-RECORD-017", "record-too-much", N_("there is a word too many"), N_("Nothing was recorded."),
     N_("Look at breach record --help: it says what each kind takes. Put a text with blanks in quotes.")},
    {"BR-RECORD-018", "record-option", N_("this kind does not take this option"),
     N_("Nothing was recorded: what would have been forgotten in silence may matter."),
     N_("Leave the option out, or look at breach-record(1): it says which belong to which kind.")},
    {"BR-RECORD-019", "record-which-value", N_("it is not said which"), N_("Nothing was recorded."),
     N_("Name the anchor, the level, the variable or the response step behind the kind.")},
    {"BR-RECORD-020", "record-early", N_("the time is before the incident was known"), N_("Nothing was recorded."),
     N_("Write when it happened; look at the year and the month first. If the time is right, mend detected_at in the "
        "playbook.")},
    {"BR-RECORD-021", "record-mixed", N_("a line names two different messages"),
     N_("The outcome might be recorded about somebody else, so nothing was recorded. Columns that were sorted each by "
        "itself do that."),
     N_("Put the outcomes into a fresh copy of the list, each in the line of its person, and sort whole lines only.")},
    {"BR-RECORD-022", "record-encoding", N_("the file is not UTF-8"), N_("Nothing was recorded."),
     N_("In a spreadsheet save it once more as CSV UTF-8; a file in another encoding can be converted by iconv.")},
};

const DiagnosticTable diagnostic_print = {rows, G_N_ELEMENTS(rows)};
