/**
 * Text from outside with every character visible: control characters, invisible ones, those that change the direction of
 * text, and unusual spaces are shown by their code, such as `\u{202e}`.
 */
export const exactText = (text: string): string =>
  text.replace(/\p{C}|\p{Zl}|\p{Zp}|(?! )\p{Zs}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)

/** A program and its arguments as words. What is not a plain word is quoted, so that its ends can be seen. */
export const commandWords = (path: string, args: readonly string[]): string[] => [path, ...args].map(quoted)

/** The words on one line. */
export const commandText = (path: string, args: readonly string[]): string => commandWords(path, args).join(' ')

const quoted = (word: string): string =>
  /^[\w@%+=:,./~-]+$/.test(word) ? word : `"${exactText(word.replace(/["\\]/g, '\\$&'))}"`
