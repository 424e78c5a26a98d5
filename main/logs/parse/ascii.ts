/** The code of an ASCII character: logs are read as bytes. */
export const ascii = (character: string): number => character.charCodeAt(0)

export const tab = 0x09
export const space = 0x20
export const exclamation = 0x21
export const quote = 0x22
export const openRound = 0x28
export const closeRound = 0x29
export const plus = 0x2b
export const comma = 0x2c
export const dash = 0x2d
export const dot = 0x2e
export const slash = 0x2f
export const zero = 0x30
export const nine = 0x39
export const colon = 0x3a
export const less = 0x3c
export const equals = 0x3d
export const greater = 0x3e
export const question = 0x3f
export const atSign = 0x40
export const upperT = 0x54
export const upperZ = 0x5a
export const openBracket = 0x5b
export const backslash = 0x5c
export const closeBracket = 0x5d
export const underscore = 0x5f
export const lowerT = 0x74
export const lowerZ = 0x7a
export const openBrace = 0x7b
export const pipe = 0x7c
export const closeBrace = 0x7d
