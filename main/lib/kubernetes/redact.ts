/** Forms that secrets take in what programs and servers say. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '[PEM removed]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [removed]'],
  [/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '[token removed]'],
  [
    /((?:password|passwd|secret|token|api[-_]?key|sharedaccesskey)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi,
    '$1[removed]',
  ],
  [/\/\/[^@/\s]+@/g, '//[removed]@'],
  [/\b[A-Za-z0-9+/_-]{40,}={0,2}/g, '[removed]'],
]

/** Text of others for evidence, without what looks like a secret: rather too much than too little is removed. */
export function redact(text: string): string {
  return forms.reduce((clean, [form, instead]) => clean.replace(form, instead), text)
}
