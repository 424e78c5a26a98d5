import { defineCheck, pass, skipped } from '../check.ts'
import { isInRange } from '../rules/version-range.ts'

export const apiVersion = defineCheck({
  id: 'api.version',
  title: 'Kubernetes version',
  category: 'cluster',
  severity: 'strict',
  needs: ['profile', 'discovery'],
  about:
    'Compares the version of the API server with `requirements.kubernetes` of the profile. Suffixes of vendors, such as `-gke.1043000` and `-eks-1234567`, do not count.',
  remedy:
    'Upgrade the control plane, one minor version at a time: `az aks upgrade`, `aws eks update-cluster-version`, `gcloud container clusters upgrade`, or `kubeadm upgrade` for a cluster of your own. Then upgrade the nodes.',
  decide({ profile, discovery: { version } }) {
    const range = profile.requirements.kubernetes
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
})
