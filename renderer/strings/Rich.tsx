import { createElement, Fragment, type ReactNode } from 'react'
import { visibleText } from '../../preload/visible-text.ts'
import type { AnyKey, ValuesOf } from './keys.ts'
import { message } from './t.ts'

/** The tags that a message can contain. Anything else in angle brackets is an error of the catalogue's test. */
export const tags = ['code', 'strong', 'em', 'small'] as const

/** `createElement` does not pass the runtime that does this for every other element. */
const visibleParts = (parts: readonly ReactNode[]): readonly ReactNode[] =>
  parts.map((part) => (typeof part === 'string' ? visibleText(part) : part))

const elements = Object.fromEntries(
  tags.map((tag) => [tag, (parts: readonly ReactNode[]) => createElement(tag, undefined, ...visibleParts(parts))]),
)

type RichProps<K extends AnyKey> = { readonly message: K } & (keyof ValuesOf<K> extends never
  ? { readonly values?: undefined }
  : { readonly values: ValuesOf<K, ReactNode> })

/** A message with tags or with elements as values. Text in a value is shown as it is. */
export function Rich<K extends AnyKey>({ message: key, values }: RichProps<K>) {
  const parts = message(key, { ...elements, ...values })
  return createElement(Fragment, undefined, ...visibleParts(Array.isArray(parts) ? parts : [String(parts)]))
}
