import type { ProblemReport } from '../../preload/contract/problem.ts'

/** The window's own failure: the core cannot be asked at all. */
export const hostLost: ProblemReport = {
  code: 'HOST_LOST',
  message: 'The window has lost its connection to Hangar.',
  hint: 'It connects again by itself. Look at the state of things before doing this again.',
  evidence: '',
}

function hasShape(error: unknown): error is { code: string; message: string; data?: unknown } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** Reads one text field of data that came over the boundary with an error. */
function textOf(data: unknown, field: 'hint' | 'evidence'): string {
  if (typeof data !== 'object' || data === null || !(field in data)) return ''
  const value: unknown = Reflect.get(data, field)
  return typeof value === 'string' ? value : ''
}

/** Did the other side answer with an error of its own (rather than being gone)? */
export function wasAnswered(error: unknown): boolean {
  return hasShape(error)
}

/** Did the caller itself give up? Such an end is not a failure. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  return signal?.aborted === true || (error instanceof DOMException && error.name === 'AbortError')
}

/** What can be shown of anything that a call threw. Texts of unexpected errors are kept out: they may hold anything. */
export function toReport(error: unknown): ProblemReport {
  if (!hasShape(error)) return hostLost
  const hint = textOf(error.data, 'hint')
  if (hint !== '') return { code: error.code, message: error.message, hint, evidence: textOf(error.data, 'evidence') }
  if (error.code === 'BAD_REQUEST') {
    return {
      code: 'INPUT_INVALID',
      message: 'Hangar did not accept what was entered.',
      hint: 'Check each field for characters or lengths that it does not take.',
      evidence: issuesOf(error.data),
    }
  }
  return {
    code: error.code,
    message: 'Something unexpected went wrong.',
    hint: 'Try again. If it happens again, please report it with this code.',
    evidence: '',
  }
}

/** Paths and messages of a schema's issues, never the values. */
function issuesOf(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return ''
  return data.issues
    .slice(0, 20)
    .map(
      (issue: { path?: unknown[]; message?: unknown }) => `${(issue.path ?? []).join('.')}: ${String(issue.message)}`,
    )
    .join('\n')
}

/** The text that goes to whoever can help. */
export function problemText({ code, message, hint, evidence }: ProblemReport): string {
  return [`${code}: ${message}`, `What now: ${hint}`, ...(evidence === '' ? [] : ['', evidence])].join('\n')
}
