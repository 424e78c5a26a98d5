import { build, missingParts, sayMissing } from '../test/bed/bed.ts'
import { programNames } from '../test/bed/programs.ts'
import { buildHelm } from './build-helm.ts'
import type { BuildProgress } from './build-programs.ts'

const sayEveryMs = 5_000

/** Builds the programs of the real cluster and the helm that Hangar ships, unless they are there; says how far it is. */
const missing = missingParts('simulated')
if (missing.length > 0) console.log(sayMissing(missing))
else {
  let said = -sayEveryMs
  const onProgress = ({ text }: BuildProgress): void => {
    if (performance.now() - said < sayEveryMs) return
    said = performance.now()
    console.log(text)
  }
  await build([...programNames], { onProgress })
  await buildHelm({ onProgress })
}
