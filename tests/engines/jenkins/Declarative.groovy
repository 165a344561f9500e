// Runs a declarative pipeline the way Jenkins documents it; what the documentation does not know is an error.
// Facts: www.jenkins.io/doc/book/pipeline/syntax (sections, directives, order of a stage, post conditions).
// Each line of the input names a pipeline, a world (JSON) and where the story goes (JSON), between tabs.

import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.*

class Fault extends RuntimeException { Fault(String text) { super(text) } }
class Aborted extends RuntimeException { Aborted(String text) { super(text) } }

// The state of one build.
class Build {
    Map world
    List events = []
    List<String> log = []
    List<Map> variables = []
    List<File> places = []
    List<String> secrets = []
    String result = 'SUCCESS'
    boolean node = false
    String stage = ''

    static final List WORSE = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'ABORTED']
    static String worst(String one, String other) { WORSE.indexOf(one) < WORSE.indexOf(other) ? other : one }

    Map environment() { variables.inject([:]) { all, more -> all + more } }
    void worsen(String how) { result = worst(result, how) }
    Object within(Map more, Closure work) {
        variables << more
        try { return work() } finally { variables.remove(variables.size() - 1) }
    }
    String secret(String id) {
        if (!(id in world.credentials)) throw new Fault("ERROR: $id: no such credential")
        return world.credentials[id]
    }
    File here() {
        if (!node) throw new Fault('this step needs an agent')
        return places.last()
    }
}

// What the steps of a pipeline may call; every other step is unknown.
abstract class Steps extends Script {
    Build build
    void begin(Build build) { this.@build = build }
    Object getEnv() {
        def all = build.environment()
        new Expando() { Object getProperty(String name) { all[name] } }
    }
    Map getParams() { build.world.params }
    Map getCurrentBuild() { [currentResult: build.result] }
    Object getProperty(String name) {
        if (name in ['env', 'params', 'currentBuild', 'build', 'binding', 'metaClass']) return super.getProperty(name)
        throw new Fault("unknown property $name")
    }
    Object methodMissing(String name, Object given) { throw new Fault("unknown step $name") }

    Object sh(String script) { sh(script: script) }
    Object sh(Map given) {
        Sections.known('sh', given.keySet(), ['script', 'returnStatus'])
        def process = new ProcessBuilder('/bin/sh', '-xe', '-c', given.script as String).directory(build.here()).redirectErrorStream(true)
        process.environment().clear()
        build.environment().each { name, value -> if (value != null) process.environment()[name] = value as String }
        def started = process.start()
        build.log << started.inputStream.getText('UTF-8')
        int status = started.waitFor()
        build.events << [sh: given.script as String, status: status, stage: build.stage]
        if (given.returnStatus) return status
        if (status != 0) throw new Fault("script returned exit code $status")
    }
    Object dir(String path, Closure work) {
        def place = new File(build.here(), path).canonicalFile
        place.mkdirs()
        build.places << place
        try { return work() } finally { build.places.remove(build.places.size() - 1) }
    }
    String readFile(String path) {
        def file = new File(build.here(), path)
        if (!file.exists()) throw new Fault("NoSuchFileException: $path")
        return file.getText('UTF-8')
    }
    void error(String text) { throw new Fault(text) }
    void unstable(String text) { build.log << text; build.events << [unstable: text]; build.worsen('UNSTABLE') }
    void archiveArtifacts(Map given) {
        Sections.known('archiveArtifacts', given.keySet(), ['artifacts', 'allowEmptyArchive'])
        build.here()
        build.events << [archive: given.artifacts]
    }
    Map string(Map given) {
        Sections.known('string', given.keySet(), ['credentialsId', 'variable'])
        [(given.variable): build.secret(given.credentialsId)]
    }
    Map gitUsernamePassword(Map given) {
        Sections.known('gitUsernamePassword', given.keySet(), ['credentialsId', 'gitToolName'])
        [GIT_ASKPASS: build.secret(given.credentialsId)]
    }
    Object withCredentials(List bindings, Closure work) { build.within(bindings.inject([:]) { all, more -> all + more }, work) }
    Object withEnv(List pairs, Closure work) {
        build.within(pairs.collectEntries { def (name, value) = (it as String).split('=', 2); [(name): value] }, work)
    }
}

// One block of declarative syntax: only its own parts may stand in it, each as often as it may.
class Section {
    String block
    Map<String, Closure> parts
    Map<String, Object> values = [:]
    boolean assigns = false
    Set<String> names = []
    Object methodMissing(String name, Object given) {
        if (!(name in parts)) throw new Fault("unknown `$name` in $block")
        if (!names.add(name) && !(name in ['stage', 'string', 'choice', 'credentials'])) throw new Fault("two `$name` in $block")
        return parts[name].call(*(given as List))
    }
    Object propertyMissing(String name) {
        if (name in ['any', 'none']) return name
        throw new Fault("unknown `$name` in $block")
    }
    void propertyMissing(String name, Object value) {
        if (!assigns) throw new Fault("an assignment in $block")
        if (!(name ==~ /[A-Za-z_]\w*/) || values.containsKey(name)) throw new Fault("the variable $name")
        if (!(value instanceof String || value instanceof Map)) throw new Fault("$name is no text")
        values[name] = value
    }
}

class Sections {
    static final List CONDITIONS = ['always', 'changed', 'fixed', 'regression', 'aborted', 'failure', 'success', 'unstable', 'unsuccessful', 'cleanup']
    Set<String> stageNames = []

    static void known(String what, Collection names, List allowed) {
        def strange = names - allowed
        if (strange) throw new Fault("$what does not take $strange")
    }
    static Map read(String block, Closure body, Map<String, Closure> parts, boolean assigns = false) {
        def section = new Section(block: block, parts: parts, assigns: assigns)
        body.delegate = section
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body.call()
        if (!section.names && !section.values) throw new Fault("$block is empty")
        return [names: section.names, values: section.values]
    }
    static Map words(String block, Closure body, List allowed, List required) {
        def found = [:]
        read(block, body, allowed.collectEntries { word -> [(word): { Object value -> found[word] = value }] })
        required.each { if (!(it in found)) throw new Fault("$block without `$it`") }
        return found
    }
    static Closure agent(Map into) {
        return { Object given ->
            into.agent = given instanceof Closure ? words('agent', given, ['label'], ['label']).label : given
            if (!(into.agent instanceof String) || !into.agent) throw new Fault('an agent without a label')
        }
    }
    static Closure environment(Map into) {
        return { Closure body ->
            into.environment = read('environment', body, [credentials: { String id -> [credentials: id] }], true).values
        }
    }
    static Closure post(Map into) {
        return { Closure body ->
            into.post = [:]
            read('post', body, CONDITIONS.collectEntries { name -> [(name): { Closure steps -> into.post[name] = steps }] })
        }
    }
    static Closure options(Map into, boolean stage) {
        def options = [
            timeout: { Map given ->
                known('timeout', given.keySet(), ['time', 'unit'])
                if (!(given.time instanceof Integer) || !(given.unit in ['MINUTES', 'HOURS', 'DAYS'])) throw new Fault('timeout')
                into.timeout = "${given.time} ${given.unit}" as String
            },
        ]
        if (!stage) options += [
            disableConcurrentBuilds: { Map given = [:] ->
                known('disableConcurrentBuilds', given.keySet(), ['abortPrevious'])
                into.alone = given.abortPrevious ? 'newest' : 'oldest'
            },
            logRotator: { Map given -> known('logRotator', given.keySet(), ['numToKeepStr']); given },
            buildDiscarder: { Map given -> into.kept = given.numToKeepStr },
            skipStagesAfterUnstable: { -> into.stops = true },
        ]
        return { Closure body -> read('options', body, options) }
    }
    static Closure triggers(Map into) {
        def cron = { String text ->
            def lines = text.readLines()
            def zone = lines.remove(0)
            if (!zone.startsWith('TZ=') || !(zone.substring(3) in TimeZone.getAvailableIDs())) throw new Fault("time zone $zone")
            def field = /[0-9*][0-9,*\/-]*/
            if (!lines || !lines.every { it ==~ /$field $field $field $field $field/ }) throw new Fault("cron $lines")
            into.cron = lines
        }
        return { Closure body -> read('triggers', body, [cron: cron]) }
    }
    static Closure parameters(Map into) {
        into.parameters = [:]
        return { Closure body ->
            read('parameters', body, [
                string: { Map given ->
                    known('string', given.keySet(), ['name', 'defaultValue', 'description', 'trim'])
                    into.parameters[given.name] = given.defaultValue
                },
                choice: { Map given ->
                    known('choice', given.keySet(), ['name', 'choices', 'description'])
                    if (!given.choices || !given.choices.every { it instanceof String }) throw new Fault('choices')
                    into.parameters[given.name] = given.choices
                },
            ])
        }
    }
    static Closure when(Map into) {
        return { Closure body -> read('when', body, [expression: { Closure test -> into.when = test }]) }
    }
    static Closure input(Map into) {
        return { Closure body -> into.input = words('input', body, ['message', 'ok', 'submitter'], ['message']) }
    }
    Closure stages(Map into) {
        into.stages = []
        return { Closure body ->
            read('stages', body, [stage: { String name, Closure inside ->
                if (!stageNames.add(name)) throw new Fault("two stages `$name`")
                def stage = [name: name]
                read("stage $name", inside, [
                    agent: agent(stage), environment: environment(stage), when: when(stage), input: input(stage),
                    post: post(stage), options: options(stage, true), stages: stages(stage),
                    steps: { Closure steps -> stage.steps = steps },
                ])
                if (!stage.steps == !stage.stages) throw new Fault("stage $name has steps, or stages")
                into.stages << stage
            }])
        }
    }
    Map pipeline(Closure body) {
        def top = [:]
        read('pipeline', body, [
            agent: agent(top), environment: environment(top), options: options(top, false), triggers: triggers(top),
            parameters: parameters(top), stages: stages(top), post: post(top),
        ])
        ['agent', 'stages'].each { if (!top[it]) throw new Fault("a pipeline without `$it`") }
        return top
    }
}

// Does what a pipeline says, stage by stage.
class Run {
    Map top
    Build build
    Script script
    File workspace

    Object perform(Closure steps) {
        steps.delegate = script
        steps.resolveStrategy = Closure.DELEGATE_ONLY
        return steps.call()
    }
    void all() {
        inside(top) { stages(top.stages) }
    }
    // Environment and agent around the work, and what follows it in any case.
    String inside(Map block, Closure work) {
        String result = 'SUCCESS'
        def before = build.node
        try {
            if (block.agent && block.agent != 'none') {
                build.node = true
                build.places << workspace
            }
            build.within(bound(block.environment ?: [:])) {
                result = guarded(result, work)
                // `unsuccessful` of a stage: "may fire if the build itself is unstable".
                def how = block.is(top) ? build.result : Build.worst(result, build.result == 'UNSTABLE' ? 'UNSTABLE' : 'SUCCESS')
                def held = [always: true, success: how == 'SUCCESS', unsuccessful: how != 'SUCCESS', failure: how == 'FAILURE',
                            unstable: how == 'UNSTABLE', aborted: how == 'ABORTED', cleanup: true]
                Sections.CONDITIONS.each { name ->
                    if (block.post?.get(name) && held[name]) result = guarded(result) { perform(block.post[name]) }
                }
            }
        } catch (Fault fault) {
            build.log << fault.message
            result = 'FAILURE'
        } finally {
            if (build.node && !before) build.places.remove(build.places.size() - 1)
            build.node = before
        }
        build.worsen(result)
        return result
    }
    String guarded(String result, Closure work) {
        def before = build.result
        try {
            work()
            // A step that made the build unstable has made the stage so.
            return Build.worst(result, before == 'SUCCESS' ? build.result : 'SUCCESS')
        } catch (Fault fault) {
            build.log << fault.message
            build.worsen('FAILURE')
            return 'FAILURE'
        } catch (Aborted stop) {
            build.log << stop.message
            build.worsen('ABORTED')
            return 'ABORTED'
        }
    }
    Map bound(Map named) {
        named.collectEntries { name, value -> [(name): value instanceof Map ? build.secret(value.credentials) : value] }
    }
    void stages(List stages) {
        for (stage in stages) {
            def stop = build.result in ['FAILURE', 'ABORTED'] || (top.stops && build.result == 'UNSTABLE')
            if (stop) { build.events << [skipped: stage.name]; continue }
            one(stage)
        }
    }
    void one(Map stage) {
        // "The stage will pause after any options have been applied, and before entering the agent block".
        if (stage.input) {
            build.events << [asked: stage.input.message, agent: build.node]
            if (!(stage.input.message in build.world.approved)) {
                build.worsen('ABORTED')
                return
            }
        }
        inside(stage) {
            if (stage.when && !perform(stage.when)) { build.events << [passed: stage.name]; return }
            build.stage = stage.name
            if (stage.steps) perform(stage.steps) else stages(stage.stages)
        }
    }
}

// Blocks hold sections, directives, steps or assignments, one a line; beside `pipeline` only methods.
class Shape {
    static void check(String text) {
        def nodes = new org.codehaus.groovy.ast.builder.AstBuilder().buildFromString(CompilePhase.CONVERSION, false, text)
        def top = nodes[0].statements
        if (top.size() != 1 || !(called(top[0]) == 'pipeline')) throw new Fault('the top level is one block `pipeline`')
        body(top[0].expression)
        if (text.readLines().any { it ==~ /\s*[^\/\s].*;\s*/ }) throw new Fault('a semicolon')
    }
    static String called(Statement statement) {
        def call = statement instanceof ReturnStatement || statement instanceof ExpressionStatement ? statement.expression : null
        if (call instanceof DeclarationExpression) return null
        return call instanceof MethodCallExpression ? call.methodAsString : call instanceof BinaryExpression ? '=' : null
    }
    static void body(Expression call) {
        if (!(call instanceof MethodCallExpression) || call.methodAsString == 'expression') return
        call.arguments.findAll { it instanceof ClosureExpression }.each { closure ->
            closure.code.statements.each { statement ->
                if (!called(statement)) throw new Fault("neither section nor step: line ${statement.lineNumber}")
                body(statement.expression)
            }
        }
    }
}

void once(File pipeline, File world, File story) {
    def build = new Build(world: new JsonSlurper().parse(world))
    def told = [:]
    try {
        Shape.check(pipeline.getText('UTF-8'))
        def configuration = new CompilerConfiguration(scriptBaseClass: 'Steps', sourceEncoding: 'UTF-8')
        def script = new GroovyShell(this.class.classLoader, new Binding(), configuration).parse(pipeline.getText('UTF-8'), 'Jenkinsfile.groovy')
        script.begin(build)
        def top = [:]
        script.metaClass.pipeline = { Closure body -> top.putAll(new Sections().pipeline(body)) }
        script.run()
        build.world.params = top.parameters.collectEntries { name, value -> [(name): value instanceof List ? value[0] : value] } + build.world.params
        top.parameters.each { name, value ->
            if (value instanceof List && !(build.world.params[name] in value)) throw new Fault("$name is none of $value")
        }
        build.variables << build.world.env << build.world.params
        told.top = top.findAll { it.key in ['agent', 'timeout', 'alone', 'kept', 'stops', 'cron', 'parameters'] }
        new Run(top: top, build: build, script: script, workspace: new File(build.world.workspace)).all()
    } catch (Fault | MultipleCompilationErrorsException fault) {
        told.refused = fault.message
    }
    told += [result: build.result, events: build.events, log: build.log]
    story.setText(JsonOutput.toJson(told), 'UTF-8')
}

System.in.eachLine('UTF-8') { line ->
    def (pipeline, world, story) = line.split('\t').collect { new File(it) }
    once(pipeline, world, story)
    println 'done'
    System.out.flush()
}
