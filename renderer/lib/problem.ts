import type { ProblemReport } from '../../preload/contract/problem.ts'
import { t } from '../strings/t.ts'

/** The core cannot be reached. */
const hostLost = (): ProblemReport => ({
  code: 'HOST_LOST',
  message: t('problem.hostLost.message'),
  hint: t('problem.hostLost.hint'),
  evidence: '',
})

function hasShape(error: unknown): error is { code: string; message: string; data?: unknown } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** Reads one text field of data that came over the boundary with an error. */
function textOf(data: unknown, field: 'hint' | 'evidence'): string {
  if (typeof data !== 'object' || data === null || !(field in data)) return ''
  const value: unknown = Reflect.get(data, field)
  return typeof value === 'string' ? value : ''
}

/** Did the core respond with an error, as opposed to a lost connection? */
export function isResponse(error: unknown): boolean {
  return hasShape(error)
}

/** Did the caller cancel? That is not a failure. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  return signal?.aborted === true || (error instanceof DOMException && error.name === 'AbortError')
}

/** The problem to show for anything that a call threw. Texts of unexpected errors are left out: they can contain anything. */
export function toReport(error: unknown): ProblemReport {
  if (!hasShape(error)) return hostLost()
  const hint = textOf(error.data, 'hint')
  if (hint !== '') return { code: error.code, message: error.message, hint, evidence: textOf(error.data, 'evidence') }
  if (error.code === 'BAD_REQUEST') {
    return {
      code: 'INPUT_INVALID',
      message: t('problem.inputInvalid.message'),
      hint: t('problem.inputInvalid.hint'),
      evidence: issuesOf(error.data),
    }
  }
  return {
    code: error.code,
    message: t('problem.unexpected.message'),
    hint: t('problem.unexpected.hint'),
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

/** The text to copy for the team that can help. */
export function problemText({ code, message, hint, evidence }: ProblemReport): string {
  return [`${code}: ${message}`, t('problem.whatToDo', { hint }), ...(evidence === '' ? [] : ['', evidence])].join('\n')
}
