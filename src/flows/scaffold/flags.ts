import type { AccessId } from '../../scaffold/access.ts';
import type { Answers } from '../../scaffold/answers.ts';
import type { VariantId } from '../../scaffold/variants.ts';

/** Each answer has its flag; what is not given is asked, or has a default with `--yes`. */
export interface NewServerFlags {
  readonly language?: Answers['language'];
  readonly transport?: Answers['transport'];
  readonly wraps?: VariantId;
  readonly auth?: AccessId;
  readonly license?: Answers['licence'];
  readonly title?: string;
  readonly description?: string;
  readonly author?: string;
  readonly namespace?: string;
  readonly apiUrl?: string;
  readonly program?: string;
  /** Path or address of an OpenAPI document. */
  readonly openapi?: string;
  /** Names of tools, or `GET /path`, separated by commas. */
  readonly operations?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly git?: boolean;
  readonly install?: boolean;
  readonly add?: boolean;
}
