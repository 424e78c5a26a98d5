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
  if (chart.digest !== undefined) return compare(reference, chart.digest.slice('sha256:'.length), digest)
  const folder = join(home, 'helm', 'pins')
  const file = join(folder, `${sha256(reference)}.json`)
  if (await exists(file)) {
    const text = (await readRegularFile(file, sizeLimitBytes)).toString('utf8')
    return compare(reference, Pin.parse(JSON.parse(text)).digest, digest)
  }
  await makePrivateFolder(folder)
  await writeAtomically(file, JSON.stringify({ reference, digest }))
}

function compare(reference: string, expected: string, actual: string): void {
  if (expected === actual) return
  const evidence = `expected SHA-256 ${expected}\nreceived SHA-256 ${actual}`
  throw new Problem('CHART_CHANGED', `${reference} is not the chart that it was.`, evidence)
}
