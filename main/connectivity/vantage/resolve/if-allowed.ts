import { isForbidden } from '../../../lib/kubernetes/failure.ts'

/** The API server's response, or undefined if this user is not permitted to read it. Any other error is thrown. */
export async function ifAllowed<Value>(request: Promise<Value>): Promise<Value | undefined> {
  try {
    return await request
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}
