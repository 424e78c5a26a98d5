import type { Measure } from './shorten.ts'

let canvas: CanvasRenderingContext2D | null | undefined
let family: string | undefined
/** By font, then by text: the map measures the same texts at each change of a plane. */
const widths = new Map<string, Map<string, number>>()
/** Reasons come and go for as long as the window is open. */
const keptTexts = 5_000

/** Before a font has arrived, another one is measured. */
function forgetWhenFontsArrive(): void {
  document.fonts.addEventListener('loadingdone', () => {
    family = undefined
    widths.clear()
  })
}

/** Measures with the font that the page has, which is not Inter for every script. */
export const textWidth =
  (sizePx: number, weight: number): Measure =>
  (text) => {
    if (canvas === undefined) {
      canvas = document.createElement('canvas').getContext('2d')
      forgetWhenFontsArrive()
    }
    if (canvas === null) return text.length * sizePx
    // Reading a style makes the page compute all of them: once, not for each text.
    family ??= getComputedStyle(document.body).fontFamily
    const font = `${weight} ${sizePx}px ${family}`
    const known = widths.get(font) ?? new Map<string, number>()
    widths.set(font, known)
    const width = known.get(text)
    if (width !== undefined) return width
    if (known.size >= keptTexts) known.clear()
    canvas.font = font
    const measured = canvas.measureText(text).width
    known.set(text, measured)
    return measured
  }
