import { visibleText } from '../../preload/visible-text.ts'

/** Attributes that are shown or read out. Not `value`: what is edited stays exact. */
const textAttributes = ['title', 'alt', 'placeholder', 'aria-label', 'aria-description', 'aria-valuetext'] as const

const visible = (value: unknown): unknown => (typeof value === 'string' ? visibleText(value) : value)

/**
 * The properties of an element or a fragment with hidden characters of all its texts as marks. Components get theirs unchanged:
 * what they draw are elements again. Pure; the same object where nothing is hidden.
 */
export function visibleProps<Props>(type: unknown, props: Props): Props {
  if (typeof type === 'function' || typeof props !== 'object' || props === null) return props
  const changed: Record<string, unknown> = {}
  const replace = (name: string, before: unknown, after: unknown): void => {
    if (after !== before) changed[name] = after
  }
  if ('children' in props) {
    const { children } = props
    if (!Array.isArray(children)) replace('children', children, visible(children))
    else {
      const texts = children.map(visible)
      if (texts.some((text, index) => text !== children[index])) changed.children = texts
    }
  }
  if (typeof type === 'string')
    for (const name of textAttributes) {
      const before: unknown = Reflect.get(props, name)
      replace(name, before, visible(before))
    }
  return Object.keys(changed).length === 0 ? props : { ...props, ...changed }
}
