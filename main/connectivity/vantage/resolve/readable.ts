import { isForbidden } from '../../../lib/kubernetes/failure.ts'

/** What the API server gives, or undefined where this user may not read it. Any other failure is thrown. */
export async function readable<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}
