import { Problem } from '../../../preload/contract/problem.ts'
import { applyObject } from '../../lib/kubernetes/apply.ts'
import { deleteObject } from '../../lib/kubernetes/objects.ts'
import { kinds } from '../observe/kinds.ts'
import { observeSecret } from '../observe/observe.ts'
import { type DesiredSecret, marks } from '../plan/desired.ts'
import { hide } from '../plan/values.ts'
import type { Run, StepResult } from './run.ts'

/** Puts a credential from the vault into its Kubernetes Secret. Its values are in memory only while this runs. */
export async function applySecret(
  run: Run,
  step: string,
  secret: DesiredSecret,
  signal: AbortSignal,
): Promise<StepResult> {
  const { client, place } = run
  const { namespace, name, credential, keys, type, desired, title, required } = secret
  const found = await observeSecret(client, secret, place.profile, signal)
  if (found.presence === 'others') return { changed: false, message: 'Somebody else made it; it is used as it stands.' }
  if (found.presence === 'ours' && found.desired === desired) return { changed: false, message: 'It is as stored.' }
  const values = new Map<string, string>()
  for (const key of keys) {
    const value = await run.secret(place.planeId, credential, key)
    if (value !== undefined) values.set(key, value)
    else if (required)
      throw new Problem('CREDENTIAL_MISSING', `"${key}" of ${title} is not stored.`, `${credential}/${key}`)
  }
  await run.record('act', step, { act: 'apply', kind: 'Secret', namespace, name })
  const data = Object.fromEntries([...values].map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
  const metadata = {
    name,
    namespace,
    labels: { [marks.profile]: place.profile },
    annotations: { [marks.desired]: desired },
  }
  try {
    await applyObject(client, { ...kinds.secret, metadata, type, data }, { force: true }, signal)
  } catch (error) {
    throw withoutValues(error, [...values.values()])
  }
  return { changed: true, message: 'Applied.' }
}

/** The API server may quote what it does not accept. */
function withoutValues(error: unknown, values: readonly string[]): unknown {
  if (!(error instanceof Problem)) return error
  return new Problem(error.code, hide(error.message, values), hide(error.evidence, values))
}

export async function removeSecret(
  run: Run,
  step: string,
  secret: DesiredSecret,
  signal: AbortSignal,
): Promise<StepResult> {
  const { presence } = await observeSecret(run.client, secret, run.place.profile, signal)
  if (presence === 'others') return { changed: false, message: 'Kept: it was not made by Hangar.' }
  if (presence !== 'ours') return { changed: false, message: 'It is gone.' }
  const { namespace, name } = secret
  await run.record('act', step, { act: 'delete', kind: 'Secret', namespace, name })
  await deleteObject(run.client, kinds.secret, { namespace, name }, {}, signal)
  return { changed: true, message: 'Deleted.' }
}
