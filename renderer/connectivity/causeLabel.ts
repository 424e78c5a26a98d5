import { isKey, t } from '../strings/t.ts'

/** The label of a cause; its code where this window is older than the core. */
export function causeLabel(cause: string): string {
  const key = `cause.${cause}` as const
  return isKey(key) ? t(key) : cause
}
