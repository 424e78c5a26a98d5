/** Shells in which a printed command may be pasted. cmd.exe is none of them: it has no quote that makes every text literal. */
export type Shell = 'posix' | 'powershell'

/** Words that no shell of these reads in another way. */
const plain: Readonly<Record<Shell, RegExp>> = { posix: /^[\w@%+=:,./-]+$/, powershell: /^[\w+=:./\\-]+$/ }

/** PowerShell reads typographic apostrophes as its own (about_Quoting_Rules). */
const apostrophes = /['‘’‚‛]/g

/** An argument that the shell passes on unchanged. Pure. */
export function shellWord(text: string, shell: Shell): string {
  if (plain[shell].test(text)) return text
  return shell === 'posix' ? `'${text.replaceAll("'", "'\\''")}'` : `'${text.replaceAll(apostrophes, '$&$&')}'`
}
