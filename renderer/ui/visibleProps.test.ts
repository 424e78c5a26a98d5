import { expect, it } from 'vitest'
import { jsxDEV } from './jsxDevRuntime.ts'
import { jsx, jsxs } from './jsxRuntime.ts'
import { visibleProps } from './visibleProps.ts'

const hidden = '\u202edorp'
const shown = '⟨U+202E⟩dorp'

it('an element shows hidden characters of its texts and of attributes that are read', () => {
  expect(visibleProps('td', { children: hidden, title: hidden, 'aria-label': hidden, value: hidden })).toEqual({
    children: shown,
    title: shown,
    'aria-label': shown,
    value: hidden,
  })
  expect(visibleProps('td', { children: ['a', hidden, 1, null] })).toEqual({ children: ['a', shown, 1, null] })
  expect(visibleProps(Symbol('fragment'), { children: hidden, title: hidden })).toEqual({
    children: shown,
    title: hidden,
  })
})

it('an element without hidden characters, and a component, keep their properties', () => {
  const props = { children: ['a', 'b'], title: 'c' }
  expect(visibleProps('td', props)).toBe(props)
  const own = { children: hidden }
  expect(visibleProps(() => null, own)).toBe(own)
})

it('every runtime of JSX makes elements with marks', () => {
  const elements = [
    jsx('td', { children: hidden }),
    jsxs('td', { children: [hidden] }),
    jsxDEV('td', { children: hidden }, undefined, false),
  ]
  for (const { props } of elements) expect([Reflect.get(Object(props), 'children')].flat()).toEqual([shown])
})
