/** Words that say nothing about which tool is meant, in lower case and as they are written. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the this that these those there here it its itself he she they them their theirs his her hers him we us our ours ' +
    'i me my mine myself you your yours yourself who whom whose which what when where why how is are was were be been ' +
    'being am do does did doing done have has had having will would shall should can could may might must and or but if ' +
    'then else so than as of at by for with about against between into through during before after above below to from ' +
    'up down in on out off over under again further once all any both each few more most other some such no nor not only ' +
    'own same too very just also please want wants wanted need needs needed like help helps let lets im ive id ill dont ' +
    'doesnt didnt cant couldnt wont wouldnt isnt arent theres thats whats hi hey hello thanks thank sure ok okay kindly ' +
    'using use used via per within without across upon onto toward towards us them one ones something anything everything ' +
    'nothing someone anyone everyone much many lot lots really quite maybe perhaps still yet already ever never always ' +
    'able possible regarding specifically currently particular various etc eg ie vs now way ways thing things got get gets ' +
    'getting give gives given make makes making made tell show shows looking look interested assist provide provided ' +
    'mcp'
  ).split(' '),
);
