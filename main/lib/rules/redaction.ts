const hidden = '***'

/** Each pattern keeps the name of the secret and drops the secret. Order matters: whole blocks before their lines. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g,
    `-----BEGIN $1PRIVATE KEY----- ${hidden}`,
  ],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie2?|x-api-key|api-key|x-auth-token|x-vault-token|x-amz-security-token)(\s*[:=]\s*)[^\r\n]+/gi,
    `$1$2${hidden}`,
  ],
  // The first look finds out whether a "." follows: a search from each "eyJ" would take the square of the text's length.
  [/(?<![\w-])(?=[\w-]+\.[\w-]{2})([\w-]*?)\beyJ[\w-]{5,}\.[\w-]{2,}(?:\.[\w-]*){0,3}/g, `$1${hidden}`],
  [/\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|hvs\.)[A-Za-z0-9_-]{6,}/g, `$1${hidden}`],
  // "Bearer realm=…" is a challenge and stays; "Bearer abc…" is a token and goes.
  [
    /\b([Bb]earer|[Bb]asic|Negotiate|NTLM|BEARER|BASIC)(\s+)(?=[\w.~+/-]{0,200}(?:\d|[a-z][A-Z]|=(?:\s|$)))(?![a-z_-]{1,40}=["\w])[\w.~+/-]{4,}=*/g,
    `$1$2${hidden}`,
  ],
  // The address of a webhook is its credential: Slack, Discord, Teams, Google Chat, Zapier, PagerDuty, Telegram and alike.
  [/\b(https?:\/\/hooks\.[^\s/"'<>]{1,253}\/)[^\s"'<>]+/gi, `$1${hidden}`],
  [/\b(https?:\/\/(?:[^\s/"'<>]{1,253}\/){1,6}[\w-]{0,20}hooks?[\w-]{0,20}\/)[^\s"'<>]+/gi, `$1${hidden}`],
  [/\b(https?:\/\/[^\s/"'<>]{0,200}\bwebhook\.office\.com\/)[^\s"'<>]+/gi, `$1${hidden}`],
  [/\b(https?:\/\/events\.(?:eu\.)?pagerduty\.com\/integration\/)[^\s"'<>]+/gi, `$1${hidden}`],
  [/([?&]key=)[^&\s"'<>;]+/gi, `$1${hidden}`],
  [/(\/bot)\d{6,}:[\w-]{20,}/g, `$1${hidden}`],
  // A password may contain "@": the last one before the host ends it.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]{0,1000}@/gi, `$1${hidden}@`],
  // A proxy as it is often written, without a scheme.
  [/(^|[\s"'=(,])[\w.%+-]{1,64}:[^\s@/"'<>]{1,200}@(?=[\w.-]{1,253}:\d{2,5}\b)/g, `$1${hidden}@`],
  [/\b(SharedAccessKey|SharedAccessSignature|AccountKey|SharedSecretValue)(\s*=\s*)[^;\s"'&]+/gi, `$1$2${hidden}`],
  [
    /((?:^|[?&;\s"'{,])(?:sig|signature|x-amz-signature|x-amz-credential|x-goog-signature|access_token|refresh_token|id_token|token|auth|code|password|passwd|passphrase|pwd|secret|client_secret|api_?key|session|sessionid|samlresponse))(=|%3D)[^&\s"'<>;]+/gi,
    `$1$2${hidden}`,
  ],
  [
    /("(?:[a-z_-]{0,40}(?:token|password|passphrase|secret|api_?key|private_?key|accesskey|credential)[a-z_-]{0,40})"\s*:\s*)"(?:[^"\\]|\\.)*"?/gi,
    `$1"${hidden}"`,
  ],
]

/**
 * What every match of `patterns` contains, in one cheap pattern: most texts of a report are names, and lists have 100,000
 * of them.
 */
const sign = /[:=]|-----BEGIN |eyJ|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|hvs\.|bearer|basic|negotiate|ntlm|%3D/i

/** Further patterns for text of which nothing is known: they also remove digests, certificates and long paths. */
const strictPatterns: typeof patterns = [
  [/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, hidden],
  [/\b(bearer|basic)(\s+)[\w.~+/=-]{6,}/gi, `$1$2${hidden}`],
  [/(?<![\w-])(?=[\w-]+\.[\w-])([\w-]*?)\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, `$1${hidden}`],
  [
    /((?:password|passwd|secret|token|api[-_]?key|sharedaccesskey)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&]+)/gi,
    `$1${hidden}`,
  ],
  [/\b[A-Za-z0-9+/_-]{40,}={0,2}/g, hidden],
]

const apply = (text: string, all: typeof patterns): string =>
  all.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)

/** The text without what looks like a secret: tokens, private keys, cookies, user names in URLs. Evidence stays legible. */
export const redact = (text: string): string => (sign.test(text) ? apply(text, patterns) : text)

/** The same, but stricter at the cost of ordinary text: for the output of credential programs and pages of unknown servers. */
export const redactStrictly = (text: string): string => apply(redact(text), strictPatterns)

/**
 * The URL of a server or proxy, or its host and port, without user name and password. They end at the last "@" before the
 * path; in a text that is not a URL, at its last "@".
 */
export function withoutUserInfo(url: string): string {
  const isUrl = URL.canParse(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`)
  return url.replace(isUrl ? /^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i : /^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1')
}
