import { type Check, pass, skipped } from './check.ts'
import { isInRange } from './version-range.ts'

export const apiVersion: Check = {
  id: 'api.version',
  title: 'Kubernetes version',
  strict: true,
  async look({ scene, discovery }) {
    const range = scene.loaded.profile.requirements.kubernetes
    const { version } = await discovery()
    if (range === undefined) return skipped(`The profile asks for no version; this is ${version}.`)
    const fits = isInRange(version, range)
    if (fits === undefined) {
      const hint = 'Compare them by hand.'
      return {
        verdict: 'unknown',
        message: `Whether ${version} is in "${range}" cannot be told.`,
        hint,
        evidence: version,
      }
    }
    if (fits) return pass(`${version} is in ${range}.`, version)
    const hint = 'Upgrade the cluster, or use another one.'
    return {
      verdict: 'fail',
      message: `The profile needs Kubernetes ${range}; this is ${version}.`,
      hint,
      evidence: version,
    }
  },
}
