import type { DesiredRelease } from '../plan/desired.ts'
import { possibleSecrets } from '../redact-values.ts'
import type { Run } from './run.ts'

/** What must not be shown of the logs of a release: its programs may print the credentials and values that they were given. */
export async function hiddenTexts(run: Run, desired: DesiredRelease | undefined): Promise<readonly string[]> {
  const { planeId, secrets } = run.installation
  const keys = secrets.flatMap(({ credential, keys: names }) => names.map((key) => ({ credential, key })))
  const values = await Promise.all(keys.map(async ({ credential, key }) => run.secret(planeId, credential, key))).catch(
    (): undefined[] => [],
  ) // a locked vault has given no value to this operation
  return [...values.flatMap((value) => value ?? []), ...possibleSecrets(desired?.values ?? {})]
}
