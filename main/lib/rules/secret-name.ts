/** A value below such a name is a secret, however short it is. */
const secretName =
  /pass|pwd|^pw$|secret|token|credential|private|authorization|(api|access|signing|encryption|license).?key|salt|^key$|^pin$|hook/i
/** `secretName` or `tokenType` refer to a secret and are none. */
const referenceName = /(name|ref|refs|type|kind|class|path|mount|enabled|method)$/i

/** Whether a value below this name is a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name) && !referenceName.test(name)

const privateKey = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/

/** Whether a text has a private key in PEM, which is a secret below any name. */
export const hasPrivateKey = (text: string): boolean => privateKey.test(text)

/** Whether a value is a secret by its name, or has one inside: below such a name, beside it as in a list of variables, or a key. */
export function holdsSecret(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsSecret(name, item))
  if (typeof value === 'object' && value !== null) {
    const variable: unknown = Reflect.get(value, 'name')
    const isVariable = typeof variable === 'string' && isSecretName(variable) && hasContent(Reflect.get(value, 'value'))
    return isVariable || Object.entries(value).some(([key, inner]) => holdsSecret(key, inner))
  }
  return (hasContent(value) && isSecretName(name)) || (typeof value === 'string' && hasPrivateKey(value))
}

const hasContent = (value: unknown): boolean => typeof value === 'number' || (typeof value === 'string' && value !== '')
