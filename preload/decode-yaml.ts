/** The byte order marks that client-go's reader of YAML knows. Without one a text is UTF-8. */
const encodings = [
  { mark: [0xff, 0xfe], name: 'utf-16le' },
  { mark: [0xfe, 0xff], name: 'utf-16be' },
] as const

/** What YAML 1.1 does not allow in a text. A zero is what is left of UTF-16 without its mark. */
const notAllowed = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** The text of a YAML or JSON file, without its mark. Undefined: it is not text, as client-go reads it. PowerShell writes UTF-16. */
export function decodeYaml(bytes: Uint8Array): string | undefined {
  const encoding = encodings.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte))
  try {
    const text = new TextDecoder(encoding?.name ?? 'utf-8', { fatal: true }).decode(bytes)
    return notAllowed.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
