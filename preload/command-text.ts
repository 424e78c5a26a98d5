import { exactText } from './visible-text.ts'

/** A program and its arguments as words. What is not a plain word is quoted, so that its ends can be seen. */
export const commandWords = (path: string, args: readonly string[]): string[] => [path, ...args].map(quoted)

/** The words on one line. */
export const commandText = (path: string, args: readonly string[]): string => commandWords(path, args).join(' ')

const quoted = (word: string): string =>
  /^[\w@%+=:,./~-]+$/.test(word) ? word : `"${exactText(word.replace(/["\\]/g, '\\$&'))}"`
