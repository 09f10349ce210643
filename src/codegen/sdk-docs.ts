import { type Comment, parseSync } from 'oxc-parser';

/** The SDK's description of a structure (`Service`) or a member (`Service.desiredCount`), in Markdown. */
export type SdkDocs = Readonly<Record<string, string>>;

/**
 * A description is cut to whole paragraphs of about this many characters: an editor shows it beside the cursor, and
 * AWS's page has the rest.
 */
const ENOUGH = 600;

/** Reads the comments of declaration files; `sources` maps file names to their text. */
export function readSdkDocs(sources: ReadonlyMap<string, string>): SdkDocs {
  const docs: Record<string, string> = {};
  for (const [file, text] of sources) {
    const { program, comments } = parseSync(file, text, { lang: 'dts', sourceType: 'module' });
    const note = (name: string, start: number) => {
      const markdown = toMarkdown(commentBefore(start, text, comments));
      if (markdown !== '') docs[name] = markdown;
    };
    for (const { start, ...statement } of program.body) {
      if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) continue;
      const { declaration } = statement;
      if (declaration.type === 'TSTypeAliasDeclaration') note(declaration.id.name, start);
      if (declaration.type === 'TSModuleDeclaration' && declaration.id.type === 'Identifier') {
        // A union is a namespace with one interface for each member. The member is the property that is not optional
        // there.
        for (const inner of declaration.body?.type === 'TSModuleBlock' ? declaration.body.body : []) {
          const nested = inner.type === 'ExportNamedDeclaration' ? inner.declaration : inner;
          if (nested?.type !== 'TSInterfaceDeclaration') continue;
          for (const member of nested.body.body) {
            if (member.type !== 'TSPropertySignature' || member.optional || member.key.type !== 'Identifier') continue;
            if (!member.key.name.startsWith('$')) note(`${declaration.id.name}.${member.key.name}`, inner.start);
          }
        }
      }
      if (declaration.type !== 'TSInterfaceDeclaration') continue;
      note(declaration.id.name, start);
      for (const member of declaration.body.body) {
        if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') continue;
        note(`${declaration.id.name}.${member.key.name}`, member.start);
      }
    }
  }
  return docs;
}

function commentBefore(start: number, text: string, comments: readonly Comment[]): string {
  const comment = comments.find(({ end }) => end <= start && text.slice(end, start).trim() === '');
  return (comment?.value ?? '').replace(/^\s*\*+ ?/gm, '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', apos: "'", gt: '>', lt: '<', nbsp: ' ', quot: '"' };

/** Converts the HTML in AWS's comments to Markdown and drops JSDoc tags. */
export function toMarkdown(comment: string): string {
  const markdown = (comment.split(/^@\w/m)[0] ?? '')
    .replace(/\s+/g, ' ')
    .replace(/<a href="([^"]*)">(.*?)<\/a>/g, '[$2]($1)')
    .replace(/<code>(.*?)<\/code>/g, (_all, code: string) => `\`${code.replace(/<[^>]*>/g, '')}\``)
    .replace(/<\/?(?:b|strong)>/g, '**')
    .replace(/<\/?(?:i|em)>/g, '*')
    .replace(/<li> *(?:<p>)? */g, '\n- ')
    .replace(/<dt> *(.*?) *<\/dt> *<dd> */g, '\n- $1: ')
    .replace(/<\/?(?:p|ul|ol|dl|note|important)>/g, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/ +$|^ +/gm, '')
    .replace(/\n{2,}(?=- )/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const paragraphs = markdown.split('\n\n');
  let taken = paragraphs.shift() ?? '';
  for (const paragraph of paragraphs) {
    if (taken.length + paragraph.length > ENOUGH) break;
    taken += `\n\n${paragraph}`;
  }
  return taken;
}
