import { saveFile } from '../../ui/saveFile.ts'

/** What a style sheet of the window sets on parts of the map; a file has no style sheet. */
const properties = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'paint-order',
  'color',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
] as const

const margin = 16
/** Sharp on a dense screen and in a document. */
const scale = 2

/** The picture as a document of its own: with its colours and its background, without what only the window uses. */
function documentOf(svg: SVGSVGElement): string {
  const copy = document.importNode(svg, true)
  const originals = [svg, ...svg.querySelectorAll('*')]
  const copies = [copy, ...copy.querySelectorAll('*')]
  copies.forEach((element, at) => {
    const original = originals[at]
    if (original === undefined) return
    const style = getComputedStyle(original)
    for (const property of properties) element.setAttribute(property, style.getPropertyValue(property))
    for (const name of ['class', 'style', 'tabindex', 'role', 'data-lit']) element.removeAttribute(name)
  })
  const width = svg.width.baseVal.value + 2 * margin
  const height = svg.height.baseVal.value + 2 * margin
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  copy.setAttribute('viewBox', `${-margin} ${-margin} ${width} ${height}`)
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  ground.setAttribute('x', String(-margin))
  ground.setAttribute('y', String(-margin))
  ground.setAttribute('width', '100%')
  ground.setAttribute('height', '100%')
  ground.setAttribute('fill', getComputedStyle(document.documentElement).getPropertyValue('--surface'))
  copy.prepend(ground)
  return new XMLSerializer().serializeToString(copy)
}

async function pngOf(text: string): Promise<Blob | undefined> {
  const image = new Image()
  // The content policy allows images from `data:`, not from `blob:`.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.width * scale
  canvas.height = image.height * scale
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/png'))
}

/** Saves the map as it is shown. Call only on a user action. */
export async function saveMap(svg: SVGSVGElement, name: string, format: 'svg' | 'png'): Promise<void> {
  const text = documentOf(svg)
  if (format === 'svg') return saveFile({ name: `${name}.svg`, mediaType: 'image/svg+xml', text })
  const png = await pngOf(text)
  if (png !== undefined) saveFile({ name: `${name}.png`, mediaType: 'image/png', text: png })
}
