import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import type { ImagePulls } from '../facts/deep.ts'

/** Pure. */
export function comparePulls({ node, pulls }: ImagePulls): CheckOutcome {
  if (pulls.length === 0) return skipped('The charts contain no images.')
  const of = (outcome: string) => pulls.filter((pull) => pull.outcome === outcome)
  const line = ({ image, detail }: ImagePulls['pulls'][number]) => `${image}: ${detail}`
  const failed = of('failed')
  if (failed.length > 0) {
    return {
      verdict: 'fail',
      message: `The node ${node} cannot pull ${summary(
        failed.map(({ image }) => image),
        3,
      )}.`,
      hint: 'The evidence has the message of the kubelet: a wrong tag, a missing login, a certificate that the node does not trust, or a blocked connection.',
      evidence: failed.map(line).join('\n'),
    }
  }
  const unknown = of('unknown')
  if (unknown.length > 0) {
    return {
      verdict: 'unknown',
      message: `Of ${unknown.length} images it is not known whether a node can pull them.`,
      hint: 'The evidence has what the pod waits for.',
      evidence: unknown.map(line).join('\n'),
    }
  }
  return pass(`The node ${node} pulled all ${pulls.length} images.`)
}

export const imageNode = defineCheck({
  id: 'image.node',
  title: 'Images on a node',
  category: 'images',
  severity: 'warn',
  tier: 'deep',
  needs: ['imagePulls'],
  about:
    'Creates a Job with one container for each image of the charts (at most 20) in a namespace of the plane, or in `default`. The kubelet pulls the images, with the node’s own login, proxy and trust. No program of an image runs. The Job is removed at once; if Hangar is killed, the cluster removes it within three minutes.',
  remedy:
    'The message of the kubelet names the reason. AKS: `az aks check-acr` and `--attach-acr`. EKS: the role of the nodes needs `AmazonEC2ContainerRegistryPullOnly`. GKE: the service account of the nodes needs `roles/artifactregistry.reader`. On premises: the registry’s certificate authority belongs into the containerd of each node (`/etc/containerd/certs.d`).',
  decide: ({ imagePulls }) => comparePulls(imagePulls),
})
