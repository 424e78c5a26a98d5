import { evidenceLimitCharacters } from './limits.ts'

const hidden = '***'

/** Each pattern keeps what names the secret and drops the secret. Order matters: whole blocks before their lines. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g,
    `-----BEGIN $1PRIVATE KEY----- ${hidden}`,
  ],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie2?|x-api-key|api-key|x-auth-token|x-vault-token|x-amz-security-token)(\s*[:=]\s*)[^\r\n]+/gi,
    `$1$2${hidden}`,
  ],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*)?(?:\.[A-Za-z0-9_-]*){0,2}/g, hidden],
  [/\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|hvs\.)[A-Za-z0-9_-]{6,}/g, `$1${hidden}`],
  // "Bearer realm=…" is a challenge and stays; "Bearer abc…" is a token and goes.
  [
    /\b([Bb]earer|[Bb]asic|Negotiate|NTLM|BEARER|BASIC)(\s+)(?=[\w.~+/-]{0,200}(?:\d|[a-z][A-Z]|=(?:\s|$)))(?![a-z_-]{1,40}=["\w])[\w.~+/-]{8,}=*/g,
    `$1$2${hidden}`,
  ],
  // A password may hold an "@" of its own: the last one before the host ends it.
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

/** The text with everything that looks like a secret taken out: tokens, keys, cookies, user names in URLs. */
export function redact(text: string): string {
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)
}

const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/g

/** What a stage says: redacted, printable, within the contract's length. Redacted before it is cut, so no half secret stays. */
export function evidence(...lines: readonly (string | undefined)[]): string {
  const text = lines.filter((line) => line !== undefined && line !== '').join('\n')
  const clean = redact(text.slice(0, 4 * evidenceLimitCharacters).replaceAll('\r', '')).replace(unprintable, '·')
  return clean.length <= evidenceLimitCharacters ? clean : `${clean.slice(0, evidenceLimitCharacters - 1)}…`
}
