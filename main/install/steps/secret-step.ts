import { Problem } from '../../../preload/contract/problem.ts'
import { applyObject } from '../../lib/kubernetes/apply.ts'
import { deleteObject } from '../../lib/kubernetes/objects.ts'
import type { DesiredSecret } from '../installation.ts'
import { labelKeys } from '../labels.ts'
import { kinds } from '../observe/kinds.ts'
import { observeSecret } from '../observe/observe.ts'
import { redactTexts } from '../redact-values.ts'
import type { Run, StepOutcome } from './run.ts'

/** Writes a credential from the vault into its Kubernetes Secret. The values are in memory only while this runs. */
export async function applySecret(
  run: Run,
  step: string,
  secret: DesiredSecret,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { client, installation } = run
  const { namespace, name, credential, keys, type, contentDigest, title, required } = secret
  const observed = await observeSecret(client, secret, installation.profile, signal)
  if (observed.presence === 'others') return { changed: false, message: 'Not created by Hangar; used unchanged.' }
  const isCurrent = observed.contentDigest === contentDigest && observed.edited.length === 0
  if (observed.presence === 'ours' && isCurrent) return { changed: false, message: 'Up to date.' }
  const values = new Map<string, string>()
  for (const key of keys) {
    const value = await run.secret(installation.planeId, credential, key)
    if (value !== undefined) values.set(key, value)
    else if (required)
      throw new Problem('CREDENTIAL_MISSING', `Key "${key}" of ${title} is not stored.`, `${credential}/${key}`)
  }
  await run.record('act', step, { act: 'apply', kind: 'Secret', namespace, name })
  const data = Object.fromEntries([...values].map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
  const metadata = {
    name,
    namespace,
    labels: { [labelKeys.profile]: installation.profile },
    annotations: { [labelKeys.contentDigest]: contentDigest },
  }
  try {
    await applyObject(client, { ...kinds.secret, metadata, type, data }, { force: true }, signal)
  } catch (error) {
    throw withoutValues(error, [...values.values()])
  }
  return { changed: true, message: 'Applied.' }
}

/** The API server may quote a value that it rejects. */
function withoutValues(error: unknown, values: readonly string[]): unknown {
  if (!(error instanceof Problem)) return error
  return new Problem(error.code, redactTexts(error.message, values), redactTexts(error.evidence, values))
}

export async function removeSecret(
  run: Run,
  step: string,
  secret: Pick<DesiredSecret, 'namespace' | 'name' | 'keys' | 'missing'>,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { presence } = await observeSecret(run.client, secret, run.installation.profile, signal)
  if (presence === 'others') return { changed: false, message: 'Kept: it was not created by Hangar.' }
  if (presence !== 'ours') return { changed: false, message: 'Already deleted.' }
  const { namespace, name } = secret
  await run.record('act', step, { act: 'delete', kind: 'Secret', namespace, name })
  await deleteObject(run.client, kinds.secret, { namespace, name }, {}, signal)
  return { changed: true, message: 'Deleted.' }
}
