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
