import { RE2JS } from 're2js'
import type { Regex } from './syntax.ts'

/** Matches in time linear in the text, whatever the expression. Throws for what is not in the syntax of RE2. */
export function compileRegex({ source, ignoreCase }: Regex): RE2JS {
  return RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
}
