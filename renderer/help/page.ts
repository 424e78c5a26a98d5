/** A page of `docs/guide` as data: the window builds elements from it, and never markup from text. */
export interface HelpPage {
  readonly title: string
  readonly blocks: readonly Block[]
}

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em'; readonly parts: readonly Inline[] }
  /** An address in this window, which begins with "#/". */
  | { readonly kind: 'link'; readonly href: string; readonly parts: readonly Inline[] }

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly anchor: string; readonly parts: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | {
      readonly kind: 'table'
      readonly head: readonly (readonly Inline[])[]
      readonly rows: readonly (readonly (readonly Inline[])[])[]
    }

export const inlineText = (parts: readonly Inline[]): string =>
  parts.map((part) => ('text' in part ? part.text : inlineText(part.parts))).join('')

export function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return inlineText(block.parts)
    case 'code':
      return block.text
    case 'list':
      return block.items.flatMap((item) => item.map(blockText)).join('\n')
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(inlineText).join(' ')).join('\n')
  }
}
