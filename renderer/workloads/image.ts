/** Twelve characters of a digest distinguish images, as in the lists of docker and crictl. */
const restOfDigest = /(?<=:[0-9a-f]{12})[0-9a-f]+$/
/** The end of an image that is always shown is at most this long. */
const longestEnd = 44

/**
 * An image as it is shown on one line: its tag, or else the beginning of its digest. Of what does not fit, the middle is left
 * out: `end` characters, the name of the image with its tag, stay. Pure.
 */
export function shownImage(image: string): { readonly text: string; readonly end: number } {
  const [named = '', digest] = image.split('@')
  const isTagged = named.lastIndexOf(':') > named.lastIndexOf('/')
  const short = digest === undefined || isTagged ? '' : `@${digest.replace(restOfDigest, '')}`
  const text = `${named}${short}`
  const characters = [...text].length
  const last = [...named].lastIndexOf('/')
  return { text, end: Math.min(characters - Math.max(last, 0), longestEnd) }
}
