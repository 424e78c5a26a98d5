/**
 * What a spreadsheet computes, also after spaces and in the full-width forms that it accepts in some languages:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const formula = /^\s*[=+\-@|%＝＋－＠]|^[\t\r\n]/

/** A text that a spreadsheet would read as a formula, with an apostrophe before it: then it is shown as text. Pure. */
export const inertCell = (text: string): string => (formula.test(text) ? `'${text}` : text)
