import { type Check, pass, skipped } from './check.ts'
import { isInRange } from './version-range.ts'

export const apiVersion: Check = {
  id: 'api.version',
  title: 'Kubernetes version',
  strict: true,
  async run({ session, discovery }) {
    const range = session.loaded.profile.requirements.kubernetes
    const { version } = await discovery()
    if (range === undefined) return skipped(`The profile requires no specific version. The cluster has ${version}.`)
    const fits = isInRange(version, range)
    if (fits === undefined) {
      return {
        verdict: 'unknown',
        message: `Cannot compare the version ${version} with the range "${range}".`,
        hint: 'Compare them by hand, or correct "requirements.kubernetes" in the profile.',
        evidence: version,
      }
    }
    if (fits) return pass(`${version} is in the range ${range}.`, version)
    return {
      verdict: 'fail',
      message: `The profile requires Kubernetes ${range}; the cluster has ${version}.`,
      hint: 'Upgrade the cluster, or use another one.',
      evidence: version,
    }
  },
}
