/* smtp_esmtp_login - user and password of one session, handed to libESMTP when it asks for them.
 *
 * Threads: one SmtpEsmtpLogin belongs to one session. */
#ifndef BREACH_CHANNEL_SMTP_ESMTP_LOGIN_H
#define BREACH_CHANNEL_SMTP_ESMTP_LOGIN_H

#include <glib.h>

#include <auth-client.h> /* before libesmtp.h, which then declares smtp_auth_set_context() */
#include <libesmtp.h>

#include "model/gateway.h"

typedef struct SmtpEsmtpLogin SmtpEsmtpLogin;

/* smtp_esmtp_login_new: for a gateway with a user; reads the password. `gateway` is borrowed and `session` uses the
 * login until smtp_esmtp_login_free(), which must come after smtp_destroy_session(). Error: BREACH_ERROR_CONFIG. */
SmtpEsmtpLogin *smtp_esmtp_login_new(const Gateway *gateway, smtp_session_t session, GError **error);
void smtp_esmtp_login_free(SmtpEsmtpLogin *login);

#endif
