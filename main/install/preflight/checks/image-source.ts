import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { operatorImages } from '../rules/operator-images.ts'
import { imagesOf, podsOf } from '../rules/pods.ts'

/** Pure. `registry`: with a path, as the profile names it. */
export function compareSources(
  registry: string | undefined,
  images: readonly string[],
  ofOperators: readonly string[] = [],
): CheckOutcome {
  if (registry === undefined) return skipped('The profile names no registry that all images come from.')
  const others = images.filter((image) => !image.startsWith(`${registry}/`))
  if (others.length > 0) {
    return {
      verdict: 'fail',
      message: `Images that do not come from ${registry}: ${summary(others, 3)}.`,
      hint: 'Undo the settings or values that choose these images, or build a kit with the same settings and values.',
      evidence: others.join('\n'),
    }
  }
  const unpinned = images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))
  if (unpinned.length > 0) {
    return {
      verdict: 'fail',
      message: `Images without a digest: ${summary(unpinned, 3)}.`,
      hint: 'Undo the settings or values that choose these images: those of a kit have the digests that its signature covers.',
      evidence: unpinned.join('\n'),
    }
  }
  const elsewhere = ofOperators.filter((image) => !image.startsWith(`${registry}/`))
  if (elsewhere.length > 0) {
    return {
      verdict: 'warn',
      message: `Images of operators that do not come from ${registry}: ${summary(elsewhere, 3)}.`,
      hint: 'The pods that an operator makes with them start only if the nodes reach that registry, or if the operator or the container runtime is set to another one.',
      evidence: elsewhere.join('\n'),
    }
  }
  return pass(`All ${images.length} images come from ${registry}, by digest.`)
}

export const imageSource = defineCheck({
  id: 'image.source',
  title: 'Images of the kit',
  category: 'images',
  severity: 'strict',
  needs: ['profile', 'placed'],
  about:
    'A profile that was imported from a kit names the registry that all images come from (`imageRegistry`). Compares the images that the charts render with it, and whether each has a digest. Other settings than those that the kit was built with can choose images that are not in it.',
  remedy:
    'Take back the setting or value that chooses the image, or build a kit with it. Images that an operator chooses while it runs are in no chart: add them to the kit with `--image`. Images in custom resources and in arguments of an operator are only a warning, since the operator can be set to another registry.',
  decide({ profile, placed }) {
    const pods = podsOf(placed)
    const objects = placed.map(({ object }) => object)
    return compareSources(profile.imageRegistry, imagesOf(pods), operatorImages(objects, pods))
  },
})
