import type { Measure } from './shorten.ts'

let canvas: CanvasRenderingContext2D | null | undefined

/** Measures with the font that the page has, which is not Inter for every script. */
export const textWidth =
  (sizePx: number, weight: number): Measure =>
  (text) => {
    canvas ??= document.createElement('canvas').getContext('2d')
    if (canvas === null) return text.length * sizePx
    canvas.font = `${weight} ${sizePx}px ${getComputedStyle(document.body).fontFamily}`
    return canvas.measureText(text).width
  }
