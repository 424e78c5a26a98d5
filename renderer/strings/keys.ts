import type { en } from './en/index.ts'
import type { kits } from './en/kits.ts'
import type { vendor } from './en/vendor.ts'
import type { workloads } from './en/workloads.ts'

/** Texts of views that are loaded by themselves come with the view, by `addMessages`. */
type Catalogue = typeof en & {
  readonly kits: typeof kits
  readonly vendor: typeof vendor
  readonly workloads: typeof workloads
}

type Paths<Tree, Prefix extends string = ''> = {
  [Name in keyof Tree & string]: Tree[Name] extends string ? `${Prefix}${Name}` : Paths<Tree[Name], `${Prefix}${Name}.`>
}[keyof Tree & string]

type At<Tree, Path extends string> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof Tree
    ? At<Tree[Name], Rest>
    : never
  : Path extends keyof Tree
    ? Tree[Path]
    : never

/** Names a message of the catalogue: "connectivity.watch.title". */
export type AnyKey = Paths<Catalogue>
type MessageOf<K extends AnyKey> = At<Catalogue, K>

/** A message that is text alone; one with tags is for `<Rich>`. */
export type Key = { [K in AnyKey]: MessageOf<K> extends `${string}</${string}` ? never : K }[AnyKey]

/** One argument, from what follows its brace: "name}…", "count, plural, one {…". */
type Argument<Text extends string> = Text extends `${infer Head}}${string}`
  ? Head extends `${infer Name}, ${infer Kind}`
    ? [Name, Kind extends `${'number' | 'plural' | 'selectordinal'}${string}` ? number : string]
    : [Head, string | number]
  : never

/** Each brace, of either kind, changes between a message and an argument; an argument begins at one inside a message. */
type Arguments<
  Text extends string,
  Inside extends 'message' | 'argument' = 'message',
  Found = never,
> = Text extends `${infer Before}{${infer After}`
  ? Before extends `${string}}${string}`
    ? Text extends `${string}}${infer Rest}`
      ? Arguments<Rest, Inside extends 'message' ? 'argument' : 'message', Found>
      : never
    : Inside extends 'message'
      ? Arguments<After, 'argument', Found | Argument<After>>
      : Arguments<After, 'message', Found>
  : Found

type Entry<K extends AnyKey> = Arguments<MessageOf<K>>

/** The values that a message needs, by the name of the argument. `Value` is what a plain argument can be besides text. */
export type ValuesOf<K extends AnyKey, Value = never> = {
  readonly [E in Entry<K> as E extends [infer Name extends string, unknown] ? Name : never]: E extends [
    unknown,
    infer Type,
  ]
    ? string extends Type
      ? Type | Value
      : Type
    : never
}
