#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* How notices are worded. All of these are warnings: the words are yours. A new row takes the next number. */
static const Diagnostic rows[] = {
    {"BR-WORDS-001", "words-opening", N_("the beginning does not say what matters"),
     N_("Many people read no further than the first lines. They must learn there what happened, whether it concerns "
        "them, and the one thing to do now."),
     N_("Write it into facts.what_happened in that order, without words about how important security is to you.")},
    {"BR-WORDS-002", "words-headings", N_("a heading is missing or in another place"),
     N_("Readers compare notices, and authorities look for each part of them. Fixed headings in one order make both "
        "easy."),
     N_("Copy the headings of the shipped template individual in that language. Where a law fixes its own headings, "
        "leave them as they are.")},
    {"BR-WORDS-003", "words-identity", N_("it is not clear who writes, or when it happened"),
     N_("A notice without a name, or with a time that is vague or without its zone, looks like a fake."),
     N_("Name the organisation, and write times as in 2026-11-21T22:10+08:00 in the playbook: the notice then shows "
        "them with their zone.")},
    {"BR-WORDS-004", "words-status", N_("an all-clear does not say what was checked"),
     N_("\"No sign of misuse\" reassures only with what was looked at and until when. Without that it will be held "
        "against you."),
     N_("Add what you checked, and until which day and time.")},
    {"BR-WORDS-005", "words-numbers", N_("a number of people is only hinted at"),
     N_("\"A small number\" cannot be checked and plays it down."),
     N_("Give the number in facts.affected, where it stands with its date, or leave it out.")},
    {"BR-WORDS-006", "words-kinds", N_("it is not clear how a password was stored"),
     N_("Readers have to know whether others can read their password. \"Encrypted\" may mean that the key is gone "
        "too."),
     N_("Use the kinds password or password_hash of data-kinds.yaml, or say how it was stored.")},
    {"BR-WORDS-007", "words-steps", N_("too many steps are asked of the reader"),
     N_("Nobody does more than five things, and of a longer list most people do none."),
     N_("Keep the five that help most, the most useful first.")},
    {"BR-WORDS-008", "words-sentence", N_("a sentence or paragraph is hard to follow"),
     N_("People read notices in fright and on phones. Long sentences are read twice or not at all."),
     N_("Make two sentences of it, and say who does what.")},
    {"BR-WORDS-009", "words-length", N_("a text is too long or too short for its channel"),
     N_("A long message is cut off, costs more or is not read. One that is too short lacks something that the law asks "
        "for."),
     N_("Cut it down to what the reader needs today, or add what is missing; the message says how much there may be.")},
    {"BR-WORDS-010", "words-subject", N_("a subject looks like that of a fake"),
     N_("Alarm, pictures, names and long subjects are what spam filters and careful people look for."),
     N_("Write who you are and what it is about, as the shipped templates do.")},
    {"BR-WORDS-011", "words-code", N_("the notice number is missing or badly named"),
     N_("The number proves that a notice is genuine. People are told never to share a verification code, so it must "
        "not "
        "be called one."),
     N_("Put {{number}} into the text and call it notice number, 通知编号 or 通知編號.")},
    {"BR-WORDS-012", "words-link", N_("a link does not belong there"),
     N_("Fraudsters send links after every leak. A notice that has links like theirs helps them."),
     N_("Tell readers to open the app or to type your address themselves. In an email, link to your own domain only, "
        "and "
        "show the address.")},
    {"BR-WORDS-013", "words-tone", N_("words that blame, excuse, promise or advertise"),
     N_("They anger the reader, may be held against you in court, or help the next attacker."),
     N_("Say plainly what happened and what you do about it; the message says what to write instead.")},
    {"BR-WORDS-014", "words-language", N_("the text is not in the language of its reader"),
     N_("Taiwan writes other words and other characters than the mainland. A converted text looks like a fake there."),
     N_("Have it written by somebody from there; the message says which word or sign to use.")},
    {"BR-WORDS-015", "words-apology", N_("a notice apologises more than once"),
     N_("One plain apology is believed, several are not."),
     N_("Keep the one where the measures stand, and remove the others.")},
    {"BR-WORDS-016", "words-pointer", N_("a short message tells too much"),
     N_("Text and push messages show on locked screens and reach whoever holds the phone."),
     N_("Say only that there is a notice, where to read it, and its number; remove names, accounts and kinds of "
        "data.")},
    {"BR-WORDS-017", "words-public", N_("the announcement says what is meant for those whom it concerns"),
     N_("Notices say \"your record is among them\". In the announcement and in the statement for the press that would be "
        "wrong, and frighten people whom it does not concern."),
     N_("Write announcement: {facts: {what_happened: …}}: what happened, that everybody concerned is told one by one, "
        "and what to do.")},
    {"BR-WORDS-018", "words-gap", N_("a notice has a gap where a value is empty"),
     N_("\"Dear ,\" and empty brackets look careless, or like a fraud: not everybody's row has every value."),
     N_("Write {{#name}} before and {{/name}} behind what belongs to the value, its punctuation too; {{^name}} is for "
        "what is said instead.")},
};

const DiagnosticTable diagnostic_words = {rows, G_N_ELEMENTS(rows)};
