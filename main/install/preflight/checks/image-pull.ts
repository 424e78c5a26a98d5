import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import type { ImageAnswer } from '../facts/registry.ts'
import { parseImage, presentImages } from '../rules/image-reference.ts'
import { imagesOf, podsOf } from '../rules/pods.ts'

/** Pure. `answers`: of the registries, for images that not every node has. */
export function compareImages(
  images: readonly string[],
  present: ReadonlySet<string>,
  answers: readonly ImageAnswer[],
): CheckOutcome {
  if (images.length === 0) return skipped('The charts contain no images.')
  const malformed = images.filter((image) => parseImage(image) === undefined)
  const of = (outcome: ImageAnswer['outcome']) =>
    answers.filter((answer) => answer.outcome === outcome).map(({ image, detail }) => `${image} (${detail})`)
  const [missing, denied, unreachable] = [of('missing'), of('denied'), of('unreachable')]
  const evidence = [
    ...malformed.map((image) => `${image}: not an image reference`),
    ...missing,
    ...denied,
    ...unreachable,
  ].join('\n')
  const failed = [...malformed, ...missing]
  if (failed.length > 0) {
    return {
      verdict: 'fail',
      message: `Images that do not exist: ${summary(failed, 3)}.`,
      hint: 'Correct repository and tag in the values, or push the image. Nodes that use a mirror of the registry can have it nevertheless.',
      evidence,
    }
  }
  if (denied.length > 0) {
    return {
      verdict: 'warn',
      message: `The registry does not give these images to this login: ${summary(denied, 3)}.`,
      hint: 'Enter the credential of the registry, and name its Secret in imagePullSecrets. Many registries answer the same for an image that does not exist.',
      evidence,
    }
  }
  if (unreachable.length > 0) {
    return {
      verdict: 'unknown',
      message: `This computer cannot reach the registry of ${unreachable.length} of ${images.length} images.`,
      hint: 'The nodes may reach it: run the deep check image.node, which pulls the images there.',
      evidence,
    }
  }
  return pass(`All ${images.length} images exist; ${present.size} are on all nodes already.`)
}

export const imagePull = defineCheck({
  id: 'image.pull',
  title: 'Images in their registries',
  category: 'images',
  severity: 'warn',
  needs: ['placed', 'nodes', 'imageAnswers'],
  about:
    'Asks the registry of each rendered image for its manifest, from this computer, through its proxy and with the plane’s registry credential. Nothing is downloaded. Images that all nodes list already are not asked for. A pod whose image cannot be pulled stays in `ImagePullBackOff`.',
  remedy:
    'A tag that does not exist is corrected in the values. For a private registry, enter its credential. AKS pulls from Azure Container Registry by the identity of its nodes (`az aks update --attach-acr`), EKS from ECR by the role of its nodes, GKE from Artifact Registry by their service account: this computer then needs a login of its own, and the deep check `image.node` decides.',
  decide({ placed, nodes, imageAnswers }) {
    const images = imagesOf(podsOf(placed))
    return compareImages(images, presentImages(images, nodes ?? []), imageAnswers)
  },
})
