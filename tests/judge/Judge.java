import java.nio.file.Files;
import java.nio.file.Path;
import org.mustangproject.validator.ZUGFeRDValidator;

/**
 * One line for each file: valid or invalid, and its path. What was found goes beside it, as <file>.report.xml. An evidence page
 * is no invoice: of it only veraPDF's verdict on PDF/A counts.
 */
public class Judge {
    public static void main(String[] paths) throws Exception {
        for (String path : paths) {
            ZUGFeRDValidator validator = new ZUGFeRDValidator();
            String report = validator.validate(path);
            Files.writeString(Path.of(path + ".report.xml"), report);
            boolean isArchive = path.endsWith(".evidence.pdf") && report.contains("flavour=3b") && report.contains("isCompliant=true");
            System.out.println((isArchive || validator.wasCompletelyValid() ? "valid" : "invalid") + "\t" + path);
        }
    }
}
