import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import type { RecordSize } from '../facts/charts.ts'

/** https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/types.go, MaxSecretSize */
const secretLimitBytes = 1_048_576
/** The estimate differs by some percent, and values grow. */
const warnFrom = 0.8
const failFrom = 1.1

const shown = (bytes: number): string => `${Math.round(bytes / 1_024)} KiB`

/** Pure. */
export function compareSizes(sizes: readonly RecordSize[]): CheckOutcome {
  if (sizes.length === 0) return skipped('Flux installs all releases of the plane.')
  const linesFrom = (share: number) =>
    sizes
      .filter(({ bytes }) => bytes >= share * secretLimitBytes)
      .map(({ release, bytes }) => `${release}: ${shown(bytes)}`)
  const evidence = sizes.map(({ release, bytes }) => `${release}: ${shown(bytes)}`).join('\n')
  const hint =
    'Split the chart, or remove large files and definitions from it: move them from templates/ and files/ into a chart or an image of their own.'
  const tooLarge = linesFrom(failFrom)
  if (tooLarge.length > 0) {
    const message = `Helm cannot store these releases, since a Secret holds ${shown(secretLimitBytes)}: ${summary(tooLarge)}.`
    return { verdict: 'fail', message, hint, evidence }
  }
  const near = linesFrom(warnFrom)
  if (near.length > 0) {
    const message = `The records of these releases are near the limit of ${shown(secretLimitBytes)}: ${summary(near)}.`
    return { verdict: 'warn', message, hint, evidence }
  }
  return pass('The records of all releases fit into a Secret.', evidence)
}

export const releaseSize = defineCheck({
  id: 'release.size',
  title: 'Size of release records',
  category: 'ownership',
  severity: 'strict',
  needs: ['recordSizes'],
  about:
    'Helm stores each release in a Secret: chart, values and manifest, compressed. A Secret holds 1 MiB. The size is computed as helm does. A larger release fails with `data: Too long`, after helm has rendered it.',
  remedy:
    'Dashboards, definitions and binary files are the usual reasons. Definitions belong into `crds/` of a small chart of their own. Values that contain whole files belong into a ConfigMap of their own.',
  decide: ({ recordSizes }) => compareSizes(recordSizes),
})
