#include "channel/smtp_esmtp_login.h"

#include "base/error.h"
#include "base/secret.h"

struct SmtpEsmtpLogin {
    const Gateway *gateway; /* borrowed */
    auth_context_t context; /* owned */
    Secret *password;       /* owned */
};

static int answer(auth_client_request_t request, char **answers, int fields, void *user)
{
    SmtpEsmtpLogin *login = user;

    for (int i = 0; i < fields; i++) {
        if (request[i].flags & AUTH_USER)
            answers[i] = login->gateway->user;
        else if (request[i].flags & AUTH_PASS)
            answers[i] = (char *)secret_text(login->password);
        else
            answers[i] = NULL;
    }
    return 1;
}

SmtpEsmtpLogin *smtp_esmtp_login_new(const Gateway *gateway, smtp_session_t session, GError **error)
{
    Secret *password = secret_load(gateway->password ? gateway->password : "", gateway->folder, error);
    SmtpEsmtpLogin *login;

    if (!password) {
        error_prefix(error, "gateway %s: ", gateway->name);
        return NULL;
    }
    login = g_new0(SmtpEsmtpLogin, 1);
    login->gateway = gateway;
    login->password = password;
    login->context = auth_create_context();
    auth_set_mechanism_flags(login->context, AUTH_PLUGIN_PLAIN, 0);
    auth_set_interact_cb(login->context, answer, login);
    smtp_auth_set_context(session, login->context);
    return login;
}

void smtp_esmtp_login_free(SmtpEsmtpLogin *login)
{
    if (!login)
        return;
    auth_destroy_context(login->context);
    secret_free(login->password);
    g_free(login);
}
