#include "track/bounce_pattern_rows.h"

#include <glib.h>

#define WORDS BOUNCE_WORDS_WIN
#define CODE  BOUNCE_CODE_WINS

/* Parts of expressions that come again and again */
#define WHO                                                                                                            \
    "(?:users?|recipients?|mailbox(?:es)?|mail ?box|addresse?s?|addressee|accounts?|login|alias|customer|member|"      \
    "subscriber|rcpt|user ?(?:name|id)|mail ?drop|destinataire|empfänger|destinat[aá]rio|utilisateur|benutzer|"      \
    "(?:e-?mail-?)?adress[ea]|konto|postfach|e-?mail-?konto|usu[aá]rio|utente|direcci[oó]n|endereço|indirizzo|"     \
    "e-?mail ?adres|adresu?|użytkownik|adresat|gebruiker|användare|bruker|bruger|uživatel|vastaanottaja)"
#define MISSING                                                                                                        \
    "(?:unknown|not (?:be )?(?:found|known|exists?|listed|registered|recogni[sz]ed|valid|(?:a )?(?:valid|local|known|" \
    "registered)|our customer|present|hosted|defined)|(?:do(?:e?s)?|did|is)(?: ?n[o'’]?t| not) ?(?:exists?|have|"    \
    "valid|found|known|registered|recogni[sz]ed)|(?:is )?invalid|non-?existent|(?:is )?no longer (?:exists?|valid|in " \
    "use|"                                                                                                             \
    "available|active)|unbekannt|nicht (?:gefunden|bekannt|vorhanden)|existiert nicht|n'existe pas|inconnue?|"         \
    "invalide|inexistante?|no existe|desconocid[oa]|inesistente|"                                                      \
    "sconosciut[oa]|(?:ist )?nicht (?:mehr )?(?:registriert|eingerichtet)|introuvable|inexistent[oe]|desconhecid[oa]|" \
    "não (?:existe|foi encontrad[oa])|no se (?:encontró|ha encontrado|encuentra|pudo encontrar)|non (?:esiste|è "   \
    "stato "                                                                                                           \
    "trovato|trovat[oa])|(?:kan|kon) niet worden gevonden|niet gevonden|bestaat niet|onbekend|nieznany|nie istnieje|"  \
    "okänd|finns inte|hittades inte|ukjent|ukendt|findes ikke|finnes ikke|neexistuje|neznámý|tuntematon|ei löydy)"

/* A row's source says whose wording it is: "RFC" and "doc" are published texts, "seen" is a wording that was met in
 * mails that came back. Order counts: what is said about us stands before what is said about the mailbox, because an
 * answer that blocks us often mentions the recipient, too. */
const BouncePattern bounce_pattern_rows[] = {
    /* too much at once */
    {"rate-limit",
     "rate[ -]?limit|rate (?:has been |was )?exceeded|throttl|frequency limited|"
     "receiving mail at a rate|unusual rate|unexpected volume|too much mail|sen[dt](?:ing)? too (?:many|fast)|"
     "\\bmi:(?:stc|sfq|dmc|cel|ccl)\\b|\\brp:[a-z]{3}\\b|\\bhl:(?:icc|ifc|mep)\\b",
     BOUNCE_RATE, WORDS,
     "Postfix anvil and Yahoo TSS doc; QQ Mail doc (frequency limited); Gmail doc 4.2.1 and 4.7.28; NetEase doc (MI:STC, "
     "RP:TRL)"},
    {"too-many",
     "(?<!has )too many (?:e-?mails?|messages|mails)(?! (?:in|on) (?:\\w+ ){0,2}(?:mail ?box|inbox|folder|account))|"
     "too many (?:connections|concurrent|sessions|recipients|invalid|unauthenticated|bad|errors)",
     BOUNCE_RATE, WORDS, "RFC 5321 4.5.3.1.10; Exim and sendmail doc (connection limits)"},
    {"sending-quota",
     "(?:daily|hourly|sending|outgoing|message) (?:sending )?(?:quota|limit)s? .{0,30}(?:exceed|reach)|"
     "exceed\\w* .{0,30}(?:daily|hourly|sending|outgoing) (?:quota|limit|rate)",
     BOUNCE_RATE, WORDS, "Google Workspace and Amazon SES doc on sending limits"},

    /* the mailbox, though it says why it was closed: that somebody there sent spam, or that nobody reads it */
    {"mailbox-closed",
     "(?:recipient(?:'s)?|user(?:'s)?|mail ?box|this|your intended recipient's) (?:e-?mail )?(?:account |address |mail "
     "?box )?"
     "(?:is |was |has been |have been )?(?:suspended|disabled|deactivated|terminated)|(?:mail "
     "?box|account|user)\\b[^.;:]{0,40}"
     "\\bblocked (?:due to inactiv|because of inactiv|by (?:the |its |an )?(?:system )?(?:admin|owner|user))",
     BOUNCE_DISABLED, WORDS, "RFC 3463 3.3 (X.2.1); Gmail doc 5.2.1; Yahoo doc 554 30"},

    /* proof that the mail is ours */
    {"sender-authentication",
     /* no \b: a Chinese character beside it is a letter, too */
     "(?<![a-z0-9])(?:dmarc|spf|dkim|arc-seal)(?![a-z0-9])|sender policy framework|"
     "unauthenticated (?:e-?mail|mail|message)|"
     "authentication checks? failed|not (?:allowed|permitted|authori[sz]ed) to send (?:e?-?mail )?"
     "(?:from|on behalf)|purported responsible|sender id\\b.{0,40}fail",
     BOUNCE_AUTHENTICATION, WORDS, "RFC 7372; Gmail doc 5.7.26; Microsoft doc 5.7.509; NetEase doc (MI:SPF); RFC 4407"},

    /* the name of our host */
    {"reverse-dns",
     "reverse (?:dns|lookup|host|name|mapping|resolution)|\\brdns\\b|\\bfcrdns\\b|\\bptr\\b|ip name lookup|"
     "(?:cannot|could not|can't|unable to|failed to) (?:find|resolve) your (?:host|reverse|name|ip)|"
     "unverif\\w+ sending ip|mismatches client ip|no (?:valid )?(?:reverse|host ?name) .{0,20}(?:record|found)|"
     "(?:ip|client|address) .{0,40}(?:does not|doesn't|not) (?:resolve|have a (?:host ?name|name))",
     BOUNCE_REVERSE_DNS, WORDS,
     "Postfix doc reject_unknown_client; sendmail doc require_rdns; GMX and Gmail doc 5.7.25"},
    {"greeting-name",
     "\\b(?:helo|ehlo)\\b.{0,60}(?:reject|invalid|refus|denied|bad|not|must)|(?:bad|invalid|rejected) (?:helo|ehlo)|"
     "my name was rejected",
     BOUNCE_REVERSE_DNS, WORDS, "Postfix doc reject_invalid_helo_hostname; qmail-remote.c"},

    /* what we wrote */
    {"listed-link",
     "(?:black ?listed|blocked|listed|malicious|spammy|suspicious) (?:url|link|uri|domain)|\\b(?:uribl|surbl)\\b",
     BOUNCE_SPAM, WORDS, "URIBL and SURBL doc"},
    {"virus", "\\bvirus(?:es)?\\b|malware|\\btrojan|infected|\\bworm\\b|病毒", BOUNCE_VIRUS, WORDS,
     "ClamAV milter and amavis doc"},

    /* our sender address */
    {"sender-refused",
     "(?:sender|from|return-?path|reverse-?path|envelope)(?:'s)?(?: e-?mail)?(?: address)?(?:'s)?(?: domain)?[ "
     ":]*(?:addr@[>: "
     "]*)?"
     "(?:was |is |has been )?(?:rejected|refused|denied|blocked|not (?:allowed|accept|permitted|valid|authori[sz]ed|"
     "exist|found|verified)|unroutable|verify failed|verification|must (?:exist|resolve)|invalid|unknown|does not "
     "exist|doesn't exist)|"
     "(?:unroutable|invalid|bad|unknown|illegal|unverified|unresolvable|malformed|missing) (?:sender|return path|mail "
     "from|"
     "from address)|domain of sender|sender(?:'s)? (?:domain|address domain)|sender address .{0,40}(?:does "
     "not|not|reject)|"
     "could not verify .{0,20}sender|(?:couldn't|can't|cannot|unable to) verify sender|发件人|\\bmi:imf\\b",
     BOUNCE_SENDER, WORDS,
     "Postfix doc reject_unknown_sender_domain; sendmail check_mail; Exim doc (sender verify); NetEase doc (DT:SUM)"},

    /* no such domain, or no name server that knows */
    {"name-server",
     "host not found, try again|(?:dns|name serv\\w+|name ?server).{0,60}(?:try again|time[d "
     "]*-?out|temporar|servfail|fail)|"
     "temporary (?:dns|lookup|name)|servfail|lookup failure",
     BOUNCE_NETWORK, WORDS, "Postfix smtp(8); RFC 1035 4.1.1 RCODE 2; sendmail doc"},
    {"takes-no-mail",
     "null ?mx|(?:does not|doesn't|do not|not configured to|will not) (?:accept|receive|handle|take) (?:any "
     ")?(?:incoming )?e?-?mails?\\b(?! from)|"
     "accepts? no (?:incoming )?e?-?mail|no mx (?:record|host|found)?|no (?:valid )?mail (?:exchang|server|host)\\w*|"
     "(?:find|find any|find a) mail exchanger|record indicated no smtp|smtp service (?:is )?not (?:offered|available) "
     "for",
     BOUNCE_TAKES_NO_MAIL, WORDS, "RFC 7505; Exim and OpenSMTPD doc; qmail-remote.c"},
    {"no-host",
     "host(?: ?name)? (?:is )?(?:unknown|not found|not known)|(?:unknown|no such|invalid|non-?existent|bad|illegal) "
     "(?:mail |destination |recipient |"
     "recipient's )?(?:host|domain|system)|domain(?: name)?(?: is)? (?:unknown|not "
     "(?:found|exist|reachable|valid|known)|invalid|non-?existent|lookup failed)|"
     "domain(?: name)?(?: addr@| [\\w.-]+)? (?:does not|doesn't|do not|did not) (?:exist|resolve)|domain "
     ".{0,60}(?:couldn't|could not) be found|nxdomain|"
     "domain must exist|name or service not known|couldn't find any host|(?:unrouteable|unroutable) (?:mail "
     ")?domain|host or domain name "
     "not found|"
     "host lookup did not complete|all (?:host address lookups|relevant mx)|not reachable|bad destination "
     "system|域名(?:不存在|错误)",
     BOUNCE_NO_HOST, WORDS,
     "RFC 3463 3.2 (X.1.2); Postfix smtp(8); sendmail doc; qmail-remote.c; Exim doc; Outlook.com seen"},

    {"no-account-or-domain", "account or domain may not exist", BOUNCE_NO_HOST, WORDS, "cPanel's Exim seen"},
    {"recipient-preferences", "recipient preferences", BOUNCE_FILTERED, WORDS, "Facebook doc (RCP-P2)"},

    /* our host or network */
    {"block-list",
     "black-?\\s?list|block-?\\s?list|deny ?list|\\bd?n?s?[br]bls?\\b|\\brbl\\b|spamhaus|spamcop|\\bsorbs\\b|abuseat|"
     "barracudacentral|\\bcloudmark\\b|blocked (?:using|by|for|because|due)|banned sending|banned ip|"
     "黑名单|\\bhl:[a-z]{3}\\b|\\bwm:bl[iu]\\b|\\bmi:spb\\b",
     BOUNCE_BLOCKED, WORDS, "Postfix doc reject_rbl_client; Microsoft doc 5.7.606 and S3150; NetEase doc (HL:IPB)"},
    {"host-refused",
     "(?:client host|your (?:ip|host|server|mail server|network)|(?:sending|source|client) (?:ip|server|host)|\\bip "
     "address|\\bip \\W?\\d|"
     "connection from|access from|mail from your).{0,80}(?:block|banned|denied|refused|reject|not allowed|restricted|"
     "not accept|prohibit)|(?:block|bann|reject|den[iy])\\w* .{0,40}(?:your|this|sending|originating) "
     "(?:ip|host|server|"
     "network)|messages from .{0,60}weren't sent|use the smtp server of your isp|your isp'?s (?:mail|smtp)",
     BOUNCE_BLOCKED, WORDS, "Postfix doc check_client_access; Outlook.com doc SC-004 and DY-001"},
    {"no-service",
     "not accepting connections|no e?smtp service|dynamic(?:ally)? (?:ip|assigned|address)|dial-?up|"
     "connection (?:denied|rejected|not allowed)",
     BOUNCE_BLOCKED, WORDS, "RFC 7504; sendmail doc (rejecting connections); QQ Mail doc (connection denied)"},
    {"reputation",
     "reputation|(?:user|many) complaints|\\btss0\\d|suspected bounce|complaint rate|senderbase|sender ?score",
     BOUNCE_REPUTATION, WORDS, "Yahoo doc TSS04; Gmail doc 5.7.1 (low reputation); QQ Mail doc; Cisco Talos doc"},
    {"spam",
     "\\bspam|\\bspm\\b|\\bube\\b|\\buce\\b|\\bjunk\\b|unsolicited|phish|bulk (?:e-?)?mail|mail content denied|"
     "message content (?:was )?(?:reject|denied|block)|垃圾邮件|迷惑メール",
     BOUNCE_SPAM, WORDS, "Gmail doc 5.7.1; Barracuda seen; QQ Mail doc (mail content denied); NetEase doc (DT:SPM)"},

    /* our right to write there */
    {"list-closed",
     "not (?:a |be )?(?:member|subscribed|subscriber)|(?:members?|subscribers?)[ -]only|only (?:members|subscribers)|"
     "(?:not|n't) (?:have )?(?:allowed|permitted|permission|authori[sz]ed|the permission).{0,20} (?:to )?post|"
     "posting .{0,30}(?:restricted|not allowed|disabled)|groups?\\.google\\.com",
     BOUNCE_SENDER, WORDS, "RFC 3463 3.8 (X.7.2); fml and Mailman seen; Google Groups seen"},
    {"relaying",
     "relay(?:ing)?(?: access| mail)? (?:denied|not (?:permitted|allowed)|prohibited)|(?:not "
     "(?:permitted|allowed|configured)|unable|"
     "refus\\w+|not willing|denied) to relay|no relay(?:ing)?\\b|do(?:es)? not relay|relaying to "
     ".{0,60}(?:prohibited|denied)|"
     "list of allowed rcpthosts|not a local domain",
     BOUNCE_RELAYING, WORDS,
     "Postfix doc reject_unauth_destination; sendmail check_rcpt; Exim doc; qmail-smtpd(8) rcpthosts"},
    {"relay-login",
     "(?:smtp )?auth(?:entication)? (?:is )?required|must (?:first )?authenticate|authentication credentials|"
     "authentication (?:failed|failure|unsuccessful)|not advertise auth|must issue a starttls",
     BOUNCE_PROTOCOL, WORDS, "RFC 4954 6; RFC 3207 4"},

    {"greylisted", "gr[ea]y-?\\s?list", BOUNCE_GREYLISTED, WORDS, "RFC 6647; Postgrey and sqlgrey doc"},

    /* the mail system, whatever the mailbox */
    {"hop-count",
     "too many hops|hop count|(?:mail|routing|forwarding|message|delivery) ?loop|loops? back to (?:myself|me)|loop "
     "detected|"
     "loop(?:ing)? alert|forwarded more than|duplicated message-id|number of \"?received|received: (?:headers|count)",
     BOUNCE_NETWORK, WORDS, "RFC 5321 6.3; Postfix smtp(8), sendmail and qmail doc; Domino, Microsoft and fml seen"},
    {"system-full",
     "insufficient system (?:storage|resources)|system (?:is )?(?:full|storage)|no space left on device|disk (?:is "
     ")?full|"
     "not enough (?:disk )?space on (?:the )?(?:server|device)|queue file write",
     BOUNCE_SYSTEM, WORDS, "RFC 5321 4.2.3 (452); Postfix smtpd(8)"},

    /* the mailbox */
    {"too-big",
     "(?:message|mail|e-?mail|size|length|content|attachment)s? .{0,40}(?:too (?:big|large|long)|exceed\\w* "
     ".{0,50}(?:size|limit|maximum)|"
     "larger than|over the (?:size|limit))|(?:maximum|fixed|allowed|max|permitted) (?:message |mail )?size|size "
     "limit|recipsizelimit|"
     "exceeds? (?:the )?size|too (?:big|large) (?:for|message)|邮件(?:大小|太大|过大)",
     BOUNCE_TOO_BIG, WORDS, "RFC 1870 6; Exchange doc RESOLVER.RST.RecipSizeLimit; qmail and Postfix doc"},
    {"mailbox-full",
     "over[ -]?(?:the )?(?:allowed |disk |storage )?quota|quota .{0,30}(?:exceed|violat|full|reach|over)|exceed\\w* "
     ".{0,40}(?:quota|"
     "mailbox|mail ?box|storage|disk space|space)|(?:mail ?box(?:es)?|mail ?folder|inbox|account|storage|mail "
     "?drop|maildir|message store|"
     "file ?system|directory)\\b.{0,50}(?:\\bfull\\b|out of (?:space|storage)|overfull|too large|exceed|over (?:the "
     ")?limit)|"
     "out of (?:disk |storage )?(?:space|storage|quota)|(?:insufficient|not enough|no more|no) (?:mailbox |disk |free "
     "|storage )?"
     "(?:space|storage|room|quota)\\b|quotaexceeded|shutoffquota|too much data|has too many messages|"
     "too many messages (?:in|on) (?:\\w+ ){0,2}(?:mail ?box|inbox|folder|account)|"
     "(?:mailbox|storage|disk) (?:size )?limit|postfach .{0,30}voll|bo[iî]te .{0,40}(?:pleine|satur)|buz[oó]n "
     ".{0,30}llen|"
     "casella "
     ".{0,30}piena|已[满滿]|空[间間]不足|容量(?:不足|已|超|オーバー|を超)|いっぱい|용량.{0,6}(?:초과|부족)|переполнен|"
     "bo[iî]te .{0,40}plein|caixa (?:postal|de correio) .{0,20}chei|quota (?:overschreden|esaurita)|mailbox .{0,20}"
     "(?:vol\\b|přeplněna)|skrzynk\\w+ .{0,30}pełn|over ?quota|overquota",
     BOUNCE_FULL, WORDS,
     "RFC 3463 3.3 (X.2.2); Postfix virtual(8), Dovecot and Exim doc; Exchange doc STOREDRV; Yahoo, Tencent and "
     "NetEase doc"},
    {"account-disabled",
     "(?:account|mail "
     "?box|user|recipient|address|subscriber|customer)\\b.{0,60}(?:disabled|suspend|in-?active|deactivat|de-activat|"
     "not active|locked|frozen|discontinued|terminated|on hold|dormant|not enabled|cancell?ed|restricted|has "
     "expired|is expired|"
     "account expired|closed|blocked)|(?:disabled|suspended|inactive|deactivated|expired|dormant|locked|frozen) "
     "(?:e-?mail |mail |user )?"
     "(?:account|mail ?box|user|recipient|address)|user(?:'s)? account is "
     "disabled|停用|冻结|凍結|禁用|休眠|注销|註銷|(?:帐户|账户|帐号|账号)异常|限制收信|정지|заблокирован|отключен",
     BOUNCE_DISABLED, WORDS, "RFC 3463 3.3 (X.2.1); Gmail doc 5.2.1; Yahoo seen; Tencent doc; au (KDDI) seen"},
    {"on-hold", "\\bon hold\\b", BOUNCE_DISABLED, WORDS, "seen"},
    {"moved",
     "(?:mail ?box|user|recipient|account|customer|addressee).{0,40}(?:has|have|had|been) (?:been "
     ")?(?:moved|relocated)|forwarding address|has been replaced by|addr@ has moved|no longer an employee|no longer on "
     "(?:the )?server|no longer (?:at|with|employed|works|works here|used)|(?:user|mailbox) (?:has )?moved|"
     "e-?mail address (?:has|was) changed|moved (?:permanently|to another)",
     BOUNCE_MOVED, WORDS, "RFC 3463 3.2 (X.1.6); RFC 5321 4.2.3 (251, 551)"},
    {"local-delivery",
     "\\bprocmail\\b|\\bmaildrop\\b|command (?:died|output|failed|line usage)|couldn't create|can't create|pipe to \\||"
     "unknown mailer error|mail filter .{0,20}failed|unable to run|local delivery (?:agent )?failed|child "
     "(?:process|status)|"
     "exit (?:status|code)|transport .{0,30}fail",
     BOUNCE_SYSTEM, WORDS, "Postfix pipe(8) and local(8); sendmail mailers; Exim pipe transport"},
    {"no-user-outlook", "5\\.4\\.1 .{0,20}recipient address rejected: access denied", BOUNCE_NO_USER, WORDS,
     "Microsoft doc on Directory-Based Edge Blocking"},

    /* no such mailbox */
    {"no-user-empty", "\\b55\\d:? ?: user unknown", BOUNCE_FILTERED, WORDS,
     "au (KDDI) seen: the domain filter, which names nobody"},
    {"no-user",
     "(?:unknown|unbekannte[rns]?|onbekende|no such|invalid|non-?existent|bad|incorrect|wrong|illegal|not a "
     "(?:valid|known|registered)|no "
     "valid|undefined|"
     "unrecogni[sz]ed|unroute?able) (?:local |virtual |remote |destination |delivery |e-?mail |mail |to |final "
     "|forward-?path |gateway )*" WHO "\\b|" WHO "\\b(?:[^.;]|\\.(?! )){0,70}?\\b" MISSING,
     BOUNCE_NO_USER, WORDS,
     "RFC 3463 3.2 (X.1.1); Postfix, sendmail, Exim and Exchange doc; Gmail, QQ Mail and NetEase doc"},
    {"no-user-words",
     "no (?:mail ?box|user|account|person|one)(?: here)? (?:by|with|of) (?:that|this) name|(?:does|do)(?: ?n[o'’]?t| "
     "not) have (?:an? )?.{0,60}"
     "(?:account|mail ?box)|name (?:is )?not recogni[sz]ed|is not (?:a |an "
     ")?(?:known|valid|registered|recogni[sz]ed)|not (?:listed )?in "
     "(?:the )?.{0,30}(?:directory|address "
     "book)|recip\\w*notfound|(?:address|recipient|user|mailbox).{0,60}(?:wasn't|couldn't be|could not be) found|"
     "undeliverable address|\\w wasn't found at\\b|nie znaleziono adresu|gick inte att hitta e-?post|not our "
     "(?:customer|user)|user "
     "?search|unknown_user|no such "
     "(?:person|local|object|address|name|recipient)|"
     "has no (?:mail ?box|account)|(?:deleted|removed) (?:account|mailbox|user)|(?:account|mailbox|user) (?:has been "
     "|was |is )?(?:deleted|removed)|"
     "no longer (?:exists|valid)",
     BOUNCE_NO_USER, WORDS,
     "qmail-local.c and vpopmail; Exchange 2003 and Domino seen; Yahoo seen; Exchange doc RESOLVER.ADR.RecipNotFound"},
    {"no-user-here",
     "(?:can't|cannot|won't) accept (?:user|recipient)|(?:unable to|could not|cannot|can't) find (?:the )?" WHO
     "|(?:is )?not (?:an? )?(?:active )?(?:address|mail ?box|user|account|recipient)s? (?:at|on|here|in)\\b|not known "
     "(?:at|here|on)|"
     "no existe (?:dicha|ese|esa|tal|el|la)|nessuna casella|no mail ?box (?:available|found|with)|no-? ?one "
     "(?:at|by|with) (?:this|that)|"
     "(?:recipient|user|mail ?box|address) no (?:found|exist|known)|(?:recipient|user) "
     "undeliverable|badrcptto|badrecipientto|invalid rcptto|"
     "not in my validrcptto|unknown local[- ]?part|missing home directory|ambiguous (?:recipient|user|alias|address)|"
     "(?:user|mail ?box|account|recipient) (?:is )?no longer (?:here|there|known|hosted)|no valid recipients|"
     "(?:wrong|incorrect) (?:e-?mail )?address|address is wrong|"
     "recipient (?:address )?(?:cannot|can't|could not) be verified",
     BOUNCE_NO_USER, WORDS, "qmail-smtpd and vpopmail patches; Exim doc; Spanish and Italian systems seen"},
    {"no-user-cjk",
     "(?:用户|用戶|收件人|收件者|邮箱|郵箱|郵件|地址|账号|帐号|帳號|帐户|帳戶|信箱|使用者).{0,12}不存在|不存在(?:的)?"
     "(?:用户|用戶|邮箱|郵箱|地址|信箱|使用者)|[无無]此(?:用户|用戶|使用者|人|信箱|帳號|收件)|(?:邮箱|郵箱|郵件)?地址(?"
     ":有误|有誤|错误|錯誤|无效|無效)"
     "|(?:用户|用戶|账号|帳號|邮箱|信箱)(?:已|已经|已經)?被?(?:删除|刪除|撤销)|"
     "(?:找不到|查[无無]|未找到)(?:此|该|該)?(?:用户|用戶|收件人|收件者|邮箱|郵箱|信箱|人)|존재하지 않는|주소를 찾을 "
     "수 없|사용자를 찾을 수 없|없는 "
     "(?:사용자|메일|계정|주소)|알 수 없는 "
     "(?:사용자|수신자)|"
     "(?:見つかりません|存在しません|登録されていません|(?:ディレクトリ|リスト|名簿)[^。]{0,20}ありません)|(?:адрес|"
     "пользовател|получател|ящик)\\w* .{0,30}не (?:существует|найден|зарегистрирован)",
     BOUNCE_NO_USER, WORDS, "Tencent, NetEase and Aliyun seen; Domino in Japanese seen; Mail.Ru seen"},

    /* what is left, where the code says no more */
    {"filtered",
     "\\bfilter(?:ed|s|ing)?\\b|(?:rejected|refused|blocked) by (?:the "
     ")?(?:recipient|user|addressee)|recipient.{0,40}(?:refus|does not (?:want|accept)|"
     "only accepts|rejected)|not accept\\w* (?:mail|messages) from|拒收",
     BOUNCE_FILTERED, CODE, "Amazon SES doc (message filtered); au (KDDI) seen; Tencent seen"},
    {"policy",
     "policy|protocol violation|access (?:is )?(?:denied|rejected)|administrat\\w+ "
     "(?:prohibit|reject|denied|lock)|prohibited|not authori[sz]ed|"
     "permission denied|not permitted|restrict|message refused|delivery not (?:allowed|authori[sz]ed)",
     BOUNCE_POLICY, CODE, "RFC 3463 3.8 (X.7.1); Microsoft, Yahoo and sendmail doc"},
    {"content",
     "rfc ?-?\\d{3,4}|(?:missing|invalid|duplicate|multiple|bad|malformed|illegal|suspicious|forged) "
     ".{0,30}(?:header|message-id|mime|from:|addresses in from)|header "
     "error|media error|content (?:error|reject|denied|not)|bare (?:lf|cr|line)|attachment.{0,60}(?:not "
     "allowed|blocked|forbidden|prohibited|banned)|"
     "(?:message|mail) (?:was |has been )?(?:malformed|rejected)|unable to parse",
     BOUNCE_CONTENT, CODE, "RFC 5322; Gmail doc 5.7.1 (RFC 5322 compliance); RFC 3463 3.7"},
    {"try-later",
     "please (?:try|retry) (?:again )?(?:later|in \\d)|try (?:again )?later|come back later|temporarily deferred",
     BOUNCE_GREYLISTED, CODE, "RFC 5321 4.2.1; Exim and Postfix seen"},
    {"mailbox-unavailable", "mail ?box (?:is )?unavailable|mail ?box name (?:is )?not allowed|user not local",
     BOUNCE_NO_USER, CODE, "RFC 5321 4.2.3 (550, 553, 551); Outlook.com doc (5.5.0)"},
    {"network",
     "connection (?:was )?(?:timed[ -]?out|refused|reset|lost|dropped|closed|failed|aborted|died)|lost connection|no "
     "route to host|network "
     "(?:is )?(?:unreachable|error|down)|(?:couldn't|could not|unable to|can't|cannot|establish an?) (?:establish "
     ".{0,20})?(?:connect|smtp connection|contact)|host (?:is )?(?:down|"
     "unreachable|not reach)|socket error|no answer|bad connection|dns error|lookup "
     "fail|\\btls\\b|\\bssl\\b|starttls|lowest numbered mx|protocol error|无法连接|连接超时|無法連線",
     BOUNCE_NETWORK, CODE, "RFC 3463 3.5; Postfix smtp(8), Exim and qmail-remote doc; OpenSMTPD seen; Gmail seen"},
    {"expired",
     "expired|retry time ?-?out|time(?:d)? ?-?out|too long|(?:failed|after) \\d+ (?:delivery )?attempts|could not be "
     "delivered (?:for|within|after|in) |maximum "
     "(?:time|retr|attempt|delivery)|retr(?:y|ies) (?:limit|count|exhaust)|not (?:been )?delivered "
     "(?:within|after|for)|did not accept our requests|gave up|"
     "has not yet been|still being retried|undelivered (?:for|after)|not try again|delivery (?:has been |is |was "
     ")?delayed",
     BOUNCE_EXPIRED, CODE, "RFC 3463 3.5 (X.4.7); Exim, sendmail, qmail-send and OpenSMTPD doc; IMail seen"},
    {"protocol",
     "(?:improper|bad|wrong|invalid) sequence|syntax error|command (?:not|unrecogni)|unrecogni[sz]ed command|"
     "(?:not |un)implement\\w+|need rcpt|line too long|smtputf8|8bitmime|parameter",
     BOUNCE_PROTOCOL, CODE, "RFC 5321 4.2.2"},
    {"system",
     "temporar(?:y|ily) .{0,40}(?:fail|error|unavail|problem|reject|lookup)|temporary "
     "failure|(?:service|server|system|resources?|mailbox|host) (?:is |are )?"
     "(?:currently |temporarily )?(?:unavailable|not available|busy|down|overload|locked)|internal (?:server "
     ")?error|(?:local|server|system|configuration|"
     "processing|software|unspecified|unexpected|unknown|fatal|transient) (?:error|failure|problem)|i/o error|could "
     "not (?:load|open|write|process)|cannot (?:open|append|access)|"
     "requested action aborted|mailer error|mailserver",
     BOUNCE_SYSTEM, CODE, "RFC 3463 3.4; RFC 5321 4.2.3 (451); sendmail sysexits"},
};

const size_t bounce_pattern_rows_count = G_N_ELEMENTS(bounce_pattern_rows);
