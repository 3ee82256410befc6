/* sign_cloud - the signatures of Alibaba Cloud (ACS3), Tencent Cloud (TC3) and AWS (SigV4): three dialects of one idea,
 * a hash of the canonical request under a key that is derived from the secret.
 *
 * Pure; threads: safe. Sources: help.aliyun.com "V3 request structure and signature"; cloud.tencent.com "Signature
 * method v3"; docs.aws.amazon.com "Create a signed AWS API request" and, for S3, "Authenticating Requests". */
#ifndef BREACH_CHANNEL_SIGN_CLOUD_H
#define BREACH_CHANNEL_SIGN_CLOUD_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "channel/sign.h"

typedef struct SignCloudKey {
    const char *id, *secret; /* borrowed */
    const char *token;       /* borrowed; of temporary credentials, or NULL */
    const char *service;     /* borrowed; TC3 and SigV4: "sms", "sns", "s3" */
    const char *region;      /* borrowed; SigV4 */
} SignCloudKey;

/* Each adds its headers, and Authorization. Error: BREACH_ERROR_CONFIG, the URL is none. */
bool sign_cloud_acs3(const SignCloudKey *key, SignRequest *request, int64_t now, const char *nonce, GError **error);
bool sign_cloud_tc3(const SignCloudKey *key, SignRequest *request, int64_t now, GError **error);
bool sign_cloud_sigv4(const SignCloudKey *key, SignRequest *request, int64_t now, GError **error);

#endif
