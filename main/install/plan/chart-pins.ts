import { join } from 'node:path'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Chart } from '../../../preload/contract/profiles.ts'
import { readRegularFile } from '../../lib/contained-file.ts'
import { exists, makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { sha256 } from '../digest.ts'

type RemoteChart = Exclude<Chart, { path: string }>

const Pin = z.strictObject({ reference: z.string(), digest: z.string() })
const sizeLimitBytes = 10_000

const referenceOf = (chart: RemoteChart): string =>
  'oci' in chart ? `${chart.oci}:${chart.version}` : `${chart.repository} ${chart.name} ${chart.version}`

/**
 * Compares a downloaded archive with the digest in the profile, or with the first archive that was downloaded for this
 * reference, and remembers the first. Throws CHART_CHANGED. `digest`: SHA-256 of the archive, hexadecimal.
 */
export async function checkPin(home: string, chart: RemoteChart, digest: string): Promise<void> {
  // Helm itself compares the digest of an OCI reference, which is that of the manifest.
  if ('oci' in chart && chart.digest !== undefined) return
  const reference = referenceOf(chart)
  const pinned = await pinnedDigest(home, chart)
  if (pinned !== undefined) return compare(reference, pinned, digest)
  await makePrivateFolder(pinFolder(home))
  await writeAtomically(pinFile(home, reference), JSON.stringify({ reference, digest }))
}

/** SHA-256 of the archive that the profile or the first download demands, hexadecimal; undefined: none yet, or helm compares it. */
export async function pinnedDigest(home: string, chart: RemoteChart): Promise<string | undefined> {
  if (chart.digest !== undefined) return 'oci' in chart ? undefined : chart.digest.slice('sha256:'.length)
  const file = pinFile(home, referenceOf(chart))
  if (!(await exists(file))) return undefined
  return Pin.parse(JSON.parse((await readRegularFile(file, sizeLimitBytes)).toString('utf8'))).digest
}

const pinFolder = (home: string): string => join(home, 'helm', 'pins')
const pinFile = (home: string, reference: string): string => join(pinFolder(home), `${sha256(reference)}.json`)

function compare(reference: string, expected: string, actual: string): void {
  if (expected === actual) return
  const evidence = `expected SHA-256 ${expected}\nreceived SHA-256 ${actual}`
  throw new Problem('CHART_CHANGED', `${reference} is not the chart that it was.`, evidence)
}
